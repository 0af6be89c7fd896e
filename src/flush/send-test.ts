import type { Knex } from 'knex';
import type { HttpClient } from '../kernel/http.js';
import type { Clock, Logger } from '../kernel/ports.js';
import type { FlushChange } from './adapters/adapter.js';
import { adapters } from './adapters/index.js';
import { hiddenOf } from './hidden-of.js';
import { signing, unsigned } from './sign-requests.js';
import { withSignature } from '../kernel/core/signature.js';
import { tryOnce } from '../delivery/try-once.js';
import type { StoredAttempt } from '../delivery/stored.js';
import type { FlushTarget } from './flush-target.js';
import { insertAttempts } from '../delivery/tables/attempt-table.js';
import { insertTest } from '../delivery/tables/delivery-table.js';
import { recordOperation } from '../delivery/tables/operation-table.js';
import type { TestResult } from '../contract/answers/targets.js';

/** Sends one request that changes nothing at the target, signed like any other, and keeps it in the history. */
export async function sendTest(
	ports: { database: Knex; clock: Clock; logger: Logger; http: Pick<HttpClient, 'tell'> },
	target: FlushTarget,
	user: string | null,
): Promise<TestResult> {
	const { clock } = ports;
	if (!target.options) throw new Error('a target with invalid options cannot be tested');
	const adapter = adapters[target.adapter];
	const secrets = await target.secrets();
	const wire = { url: target.url, authHeader: target.authHeader, apiKey: secrets.apiKey, options: target.options };
	const change: FlushChange = {
		collection: 'downstream',
		event: 'test',
		item: 'test',
		fields: { id: 'test' },
		previous: null,
		tags: ['downstream-test'],
		paths: [],
		timestamp: clock.now(),
	};
	const id = clock.id();
	const [request] = adapter.requests([change], wire);
	if (!request || request.problem !== undefined)
		return {
			delivery: id,
			delivered: false,
			outcome: 'nothing',
			duration_ms: 0,
			request: null,
			response: null,
			error: request?.problem
				? { code: 'REQUEST_INVALID', message: request.problem }
				: {
						code: 'NO_REQUEST',
						message: `with these options the adapter ${target.adapter} has nothing to send for a test`,
					},
		};
	const signed = withSignature(
		request,
		{ ...adapter, id, secrets: secrets.signing, extra: target.options.headers },
		clock.now(),
	);
	const hidden = hiddenOf(target, secrets, adapter);
	const { connection } = target.options;
	const send = signing(adapter, wire, {
		send: (sent, timeoutMs) => ports.http.tell({ ...sent, connection }, timeoutMs),
		clock,
		hidden,
	});
	const { attempt, verdict } = await tryOnce(
		unsigned(signed, adapter),
		{ target, timeoutMs: target.options.timeout_ms, hidden, judge: adapter.judge },
		{ batch: id, deliveries: [{ id }] },
		{ send, clock, logger: ports.logger },
	);
	await record(ports, { id, user, attempt });
	return {
		delivery: id,
		delivered: verdict.kind === 'delivered',
		outcome: attempt.outcome,
		duration_ms: attempt.durationMs,
		request: attempt.request,
		response: attempt.response,
		error: attempt.error,
	};
}

async function record(
	{ database }: { database: Knex },
	{ id, user, attempt }: { id: string; user: string | null; attempt: StoredAttempt },
): Promise<void> {
	const { at, target } = attempt;
	await database.transaction(async (transaction) => {
		await insertTest(transaction, { id, user, attempt });
		await insertAttempts(transaction, [attempt]);
		await recordOperation(transaction, {
			id: attempt.id,
			at,
			user,
			action: 'test',
			target,
			detail: { outcome: attempt.outcome },
		});
	});
}
