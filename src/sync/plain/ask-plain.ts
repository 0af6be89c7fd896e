import { mayReadAll, readPlainRows, UNREADABLE, type PlainRequests } from './plain-requests.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import type { WireRequest, WireResponse } from '../../kernel/core/wire.js';
import type { PlainRow } from './plain-values.js';
import { tokenUnknown } from '../core/link/pause-reason.js';

/** One request, judged and kept for the history. */
export type PlainAsk = (request: WireRequest) => Promise<{ verdict: Verdict; response: WireResponse | null }>;

export interface PlainVerdicts {
	rows: Map<PlainRow, Verdict>;
	/** What hinders all requests and not one row; null where nothing does. */
	halt: Verdict | null;
	/** Why nothing more is to be sent until the remote is resumed; null where there is no such reason. */
	pause: string | null;
}

/** The way to a Directus without the extension. */
export interface PlainWay {
	requests: PlainRequests;
	ask: PlainAsk;
	url: string;
}

export const keysOf = (some: PlainRow[]) => some.map(({ key }) => key);

/** Requests about rows of one collection; what hinders all further ones is noted in `made`. */
export function askAbout(
	{ collection, primary }: Pick<SyncModel, 'collection' | 'primary'>,
	made: PlainVerdicts,
	{ requests, ask, url }: PlainWay,
) {
	/** One request; what hinders all others too is kept in `halt`. null where it cannot be sent for that. */
	async function tryTo(request: WireRequest) {
		if (made.halt) return null;
		const { verdict, response } = await ask(request);
		const status = response?.status ?? 0;
		if (status === 401) {
			made.pause = tokenUnknown(url);
			made.halt = { kind: 'retry', code: 'LINK_REFUSED', message: made.pause, retryAfterMs: null };
		} else if (verdict.kind === 'gone') [made.pause, made.halt] = [verdict.message, verdict];
		else if (verdict.kind === 'retry') made.halt = verdict;
		return made.halt ? null : { verdict, status, body: response?.body ?? '' };
	}

	/** The keys that are there; null where that may not be known. */
	async function whichAreThere(some: PlainRow[]): Promise<Set<string> | null> {
		const tried = await tryTo(requests.there(collection, primary, keysOf(some)));
		if (tried && some.length > 1 && (tried.status === 414 || tried.status === 431)) {
			// So many keys make an address that something on the way does not take.
			const half = Math.ceil(some.length / 2);
			const first = await whichAreThere(some.slice(0, half));
			const second = first && (await whichAreThere(some.slice(half)));
			return second && new Set([...first, ...second]);
		}
		if (tried?.verdict.kind !== 'delivered') return null;
		const rows = readPlainRows(tried.body);
		if (!rows) made.halt = UNREADABLE;
		return rows && new Set(rows.map((row) => String(row[primary])));
	}

	/** An item that is not shown is gone only where all of them would be shown. */
	async function noneIsThere(some: PlainRow[]): Promise<boolean> {
		const existing = await whichAreThere(some);
		if (existing === null || some.some(({ key }) => existing.has(key))) return false;
		const tried = await tryTo(requests.access());
		return tried?.verdict.kind === 'delivered' && mayReadAll(tried.body, collection);
	}

	return { tryTo, whichAreThere, noneIsThere };
}
