import { LIMITS } from '../../../schema.js';
import { syncApplied, type SyncApplied, type SyncChange, type SyncResult } from '../../contract/sync-messages.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import { transportFault } from '../../kernel/core/transport-errors.js';
import type { WireResponse } from '../../kernel/core/wire.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import type { StoredAttempt } from '../../delivery/stored.js';

/** A row as it goes out. */
export interface Outgoing {
	change: SyncChange;
	/** The change as JSON, made once. */
	text: string;
	bytes: number;
	/** What is settled by it. */
	deliveries: ClaimedDelivery[];
}

/** One request and what came back. */
export interface Tried {
	attempt: StoredAttempt;
	verdict: Verdict;
	held: number | null;
	response: WireResponse | null;
}

/** What became of rows that went out, in as many requests as it took. */
export interface SentParts {
	/** What the other side says of the rows that it has looked at. */
	results: SyncResult[];
	/** The last answer that was one. */
	applied: SyncApplied | null;
	/** Rows that it, or something on the way, refuses by themselves. */
	refused: Map<Outgoing, Verdict>;
	/** Rows of which nothing is known, since everything failed, and how; null where nothing did. */
	failed: { rows: Outgoing[]; verdict: Verdict; response: WireResponse | null } | null;
	attempts: StoredAttempt[];
	held: number | null;
}

/** Statuses that say "not now", whatever was sent. */
const OF_ALL = new Set([401, 408, 425, 429, 503]);

/** Smaller bodies are dropped for other reasons than their size. */
const LARGE = 64 * 1024;

/** Requests are never made smaller than that. */
const SMALLEST = 16 * 1024;

/**
 * Sends rows. Where they are refused, and a request without rows is not, it is the fault of some row: half of them each
 * are sent, until it is found. The rows beside it arrive, and it is parked with what was said of it.
 * @param ports.post sends a request with these rows; with none, to see whether any request is taken
 * @param ports.stops whether nothing more is to be sent because of who has answered
 * @param ports.tooLarge told how many bytes were too many for one request
 */
export async function sendParts(
	rows: Outgoing[],
	ports: {
		post(rows: Outgoing[]): Promise<Tried>;
		stops(applied: SyncApplied): boolean;
		tooLarge(bytes: number): void;
	},
): Promise<SentParts> {
	const sent: SentParts = { results: [], applied: null, refused: new Map(), failed: null, attempts: [], held: null };
	/** A request without rows was taken since something was last refused. */
	let isOpen = false;
	const post = async (part: Outgoing[]): Promise<{ tried: Tried; applied: SyncApplied | null }> => {
		const tried = await ports.post(part);
		sent.attempts.push(tried.attempt);
		if (tried.held !== null) sent.held = Math.max(sent.held ?? 0, tried.held);
		const applied = tried.verdict.kind === 'delivered' ? readApplied(tried.response) : null;
		if (applied) [sent.applied, isOpen] = [applied, true];
		return { tried, applied };
	};
	const waiting = [rows];
	for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
		const { tried, applied } = await post(part);
		if (applied) {
			if (ports.stops(applied)) {
				sent.failed = { rows: [part, ...waiting].flat(), verdict: tried.verdict, response: tried.response };
				return sent;
			}
			sent.results.push(...applied.results);
			continue;
		}
		const bytes = part.reduce((sum, row) => sum + row.bytes, 0);
		let why = tried;
		let isOfAll = tellsOfAll(tried, bytes);
		// One row is to blame only if right after it something else is taken.
		if (!isOfAll && (!isOpen || part.length === 1)) {
			const empty = await post([]);
			if (!empty.applied) [isOfAll, why, isOpen] = [true, empty.tried, false];
		}
		if (isOfAll) {
			const rest = [part, ...waiting].flat();
			sent.failed = { rows: rest, verdict: notOfRows(why), response: why.response };
			return sent;
		}
		const [only] = part;
		if (part.length > 1) {
			if (isTooLarge(tried, bytes)) ports.tooLarge(Math.max(SMALLEST, Math.floor(bytes / 2)));
			const half = Math.ceil(part.length / 2);
			waiting.unshift(part.slice(0, half), part.slice(half));
		} else if (only) sent.refused.set(only, refusedAlone(tried, bytes));
	}
	return sent;
}

/** Something on the way that does not read a body to its end closes the connection. */
function tellsOfAll({ response, verdict }: Tried, bytes: number): boolean {
	if (response) return OF_ALL.has(response.status);
	return !(verdict.kind === 'retry' && transportFault(verdict.code) === 'closed' && bytes >= LARGE);
}

const isTooLarge = ({ response }: Tried, bytes: number) =>
	response?.status === 413 || (response === null && bytes >= LARGE);

/** If even a request without rows is refused, no row is to blame: all stay owed. */
function notOfRows({ verdict }: Tried): Verdict {
	if (verdict.kind === 'delivered') return UNREADABLE;
	if (verdict.kind !== 'failed') return verdict;
	// An address that is denied stays denied.
	return verdict.code.startsWith('HTTP_') ? { ...verdict, kind: 'retry', retryAfterMs: null } : verdict;
}

/** Why a single row was refused, in the remote's words. */
function refusedAlone({ verdict, response }: Tried, bytes: number): Verdict {
	// It has probably arrived, and the answer was lost.
	if (verdict.kind === 'delivered' || !response) return verdict.kind === 'delivered' ? UNREADABLE : verdict;
	const { code, message } = saidBy(response) ?? verdict;
	const size = response.status === 413 ? `; this row has ${bytes.toLocaleString('en')} bytes` : '';
	return { kind: 'failed', code, message: `${message}${size}` };
}

/** What Directus says of an error; null where something else answers. */
export function saidBy({ status, body }: WireResponse): { code: string; message: string } | null {
	try {
		const { errors } = JSON.parse(body) as { errors?: { message?: unknown; extensions?: { code?: unknown } }[] };
		const [first] = errors ?? [];
		if (!first || typeof first.message !== 'string') return null;
		const code = typeof first.extensions?.code === 'string' ? first.extensions.code : `HTTP_${status}`;
		const messages = (errors ?? []).map(({ message }) => String(message)).join(' ');
		return { code, message: `the other side answered ${status}: ${messages.slice(0, LIMITS.template)}` };
	} catch {
		return null;
	}
}

const UNREADABLE: Verdict = {
	kind: 'retry',
	code: 'ANSWER_UNREADABLE',
	message: 'the answer is not what Downstream answers; something in between may have changed or cut it',
	retryAfterMs: null,
};

function readApplied(response: WireResponse | null): SyncApplied | null {
	try {
		const parsed = syncApplied.safeParse((JSON.parse(response?.body ?? '') as { data?: unknown }).data);
		return parsed.success ? parsed.data : null;
	} catch {
		return null;
	}
}
