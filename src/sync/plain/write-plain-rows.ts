import { mayReadAll, readPlainError, readPlainRows, UNREADABLE, type PlainRequests } from './plain-requests.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import type { WireRequest, WireResponse } from '../../kernel/core/wire.js';
import type { PlainRow } from './plain-values.js';
import { WAITING } from '../../contract/sync-messages.js';
import { tokenUnknown } from '../core/link/pause-reason.js';

/** One request, judged and kept for the history. */
export type PlainAsk = (request: WireRequest) => Promise<{ verdict: Verdict; response: WireResponse | null }>;

export interface PlainVerdicts {
	rows: Map<PlainRow, Verdict>;
	/** What hinders all requests and not one row; null where nothing does. */
	halt: Verdict | null;
	/** Why nothing more is to be sent until somebody has looked; null where there is no such reason. */
	pause: string | null;
}

type How = 'create' | 'update' | 'remove';

/**
 * Writes rows of one collection, all of them to be written or all to be deleted, in few requests. Directus takes a
 * request as a whole or not at all: one that it does not take is halved until the bad row is found.
 */
export async function writePlainRows(
	rows: PlainRow[],
	{ collection, primary, singleton }: Pick<SyncModel, 'collection' | 'primary' | 'singleton'>,
	{ requests, ask, url }: { requests: PlainRequests; ask: PlainAsk; url: string },
): Promise<PlainVerdicts> {
	const made: PlainVerdicts = { rows: new Map(), halt: null, pause: null };
	const settle = (some: PlainRow[], verdict: Verdict) => some.forEach((row) => made.rows.set(row, verdict));
	const keysOf = (some: PlainRow[]) => some.map(({ key }) => key);

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

	const valuesOf = (some: PlainRow[], how: How) =>
		some.flatMap(({ values, asNew }) => (values ? [how === 'create' ? { ...values, ...asNew } : values] : []));
	const requestTo = (how: How, some: PlainRow[]): WireRequest =>
		how === 'remove'
			? requests.remove(collection, keysOf(some))
			: requests[how](collection, primary, valuesOf(some, how));

	/** @param turned it was tried the other way before: a row may come or go in between, but not for ever */
	async function write(how: How, some: PlainRow[], turned = false): Promise<void> {
		if (some.length === 0) return;
		const tried = await tryTo(requestTo(how, some));
		if (!tried) return settle(some, made.halt ?? DELIVERED);
		const { verdict, status, body } = tried;
		if (verdict.kind === 'delivered') return settle(some, verdict);
		const error = readPlainError(body, primary);
		// Directus answers 403 for items that are not there.
		const mayBeMissing = status === 403 || status === 404;
		if (how === 'remove' && mayBeMissing && (await noneIsThere(some))) return settle(some, DELIVERED);
		if (made.halt) return settle(some, made.halt);
		// Without a right to create anything, one row more or less changes nothing.
		const isOfAll = status < 400 || (how === 'create' && status === 403);
		if (some.length > 1 && !isOfAll) {
			const half = Math.ceil(some.length / 2);
			await write(how, some.slice(0, half));
			return write(how, some.slice(half));
		}
		if (how === 'create' && error?.isKeyTaken && !turned) return write('update', some, true);
		if (how === 'update' && mayBeMissing && !turned) return write('create', some, true);
		settle(some, error?.code === 'INVALID_FOREIGN_KEY' ? awaits(verdict) : verdict);
	}

	if (rows.every(({ values }) => values === null)) await write('remove', rows);
	else if (singleton) {
		const [row] = rows;
		const tried = row?.values ? await tryTo(requests.updateSingleton(collection, row.values)) : null;
		settle(rows, tried?.verdict ?? made.halt ?? DELIVERED);
	} else {
		const existing = await whichAreThere(rows);
		await write(
			'create',
			rows.filter(({ key }) => !existing?.has(key)),
		);
		await write(
			'update',
			rows.filter(({ key }) => existing?.has(key)),
		);
	}
	return made;
}

const DELIVERED: Verdict = { kind: 'delivered' };

/** What it refers to may still arrive, or has to go first. */
const awaits = (verdict: Verdict): Verdict =>
	verdict.kind === 'delivered'
		? verdict
		: { kind: 'retry', code: WAITING, message: verdict.message, retryAfterMs: null };
