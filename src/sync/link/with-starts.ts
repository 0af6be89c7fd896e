import type { Knex } from 'knex';
import { tellStarts } from '../../identity/tables/start-table.js';
import { ASKED_AGAIN_HEADER, IDENTITY_DISPUTED, STARTS_HEADER } from '../../identity/core/starts.js';
import { isRecord } from '../../kernel/core/is-record.js';
import type { WireResponse } from '../../kernel/core/wire.js';
import { readJson } from '../../kernel/core/read-json.js';
import type { HttpClient } from '../../kernel/http.js';

/** Routes that instances use among themselves, with their name. */
const EXCHANGES = /\/downstream\/sync\/(?:apply|hello|digests|resend)$/;

/**
 * A client that adds the tokens of this instance's starts to each exchange.
 * @param disputed called when a remote reports another instance with this name
 */
export function withStarts(http: HttpClient, database: Knex, disputed: (message: string) => Promise<void>): HttpClient {
	return {
		...http,
		async send(request, timeoutMs, most) {
			if (!EXCHANGES.test(request.url)) return http.send(request, timeoutMs, most);
			const ask = async (more: Record<string, string>) => {
				const tokens = await tellStarts(database);
				const starts: Record<string, string> = tokens.length > 0 ? { [STARTS_HEADER]: tokens.join(',') } : {};
				return http.send({ ...request, headers: { ...request.headers, ...starts, ...more } }, timeoutMs, most);
			};
			const answer = await ask({});
			if (disputeIn(answer) === null) return answer;
			const again = await ask({ [ASKED_AGAIN_HEADER]: '1' });
			const message = disputeIn(again);
			if (message !== null) await disputed(message);
			return again;
		},
	};
}

function disputeIn({ status, body }: WireResponse): string | null {
	if (status !== 503 || !body.includes(IDENTITY_DISPUTED)) return null;
	const answer = readJson(body);
	const [error] = isRecord(answer) && Array.isArray(answer['errors']) ? (answer['errors'] as unknown[]) : [];
	return isRecord(error) && typeof error['message'] === 'string' ? error['message'] : null;
}
