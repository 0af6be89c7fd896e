import { inGroupsOf } from '../../core/adapters/pack.js';
import {
	PROTOCOL,
	syncApplied,
	WAITING,
	type SyncApply,
	type SyncApplied,
	type SyncChange,
	type SyncResult,
} from '../../core/sync/messages.js';
import type { Verdict } from '../../core/verdict.js';
import type { WireRequest, WireResponse } from '../../core/wire.js';
import type { Channel, Group, Sent } from '../channel.js';
import type { ClaimedDelivery, Clock, Logger } from '../ports.js';
import type { RemoteSource, StoredAttempt } from '../stored.js';
import { tryOnce } from '../try-once.js';
import { changesOf, onePerRow, type OutgoingDoors } from './outgoing-changes.js';
import { parkWithWhatTheyNeed } from './park-with-what-they-need.js';
import { longAway, strangerBehind, whyToPause } from './why-to-pause.js';

export interface SyncChannelDoors extends OutgoingDoors {
	clock: Clock;
	logger: Logger;
	/** This instance. */
	instance: string;
	/** Which instance is behind the source; null as long as nobody has asked it. */
	peer(target: string): string | null;
	/** Whether there is a Directus without the extension, as far as that is known, or can be found out. */
	isPlain(source: RemoteSource): Promise<boolean>;
	/** The source's instance has said who it is. */
	met(target: string, instance: string): Promise<void>;
	/** Why so many deletions may not go out just now; null where they may. */
	brake(target: string, deletes: ClaimedDelivery[]): Promise<Map<ClaimedDelivery, string>>;
	/** Told what the other side made of it: fields that it does not take are shown with the source. */
	refused(target: string, results: SyncResult[]): void;
	/** Told the fingerprints of what the other side offers of these collections now. */
	offered(target: string, fingerprints: Record<string, string>): void;
	/** Sends the bytes of a file; throws with a code and a message where they were not taken. */
	sendFile(source: RemoteSource, file: string, sha256: string): Promise<void>;
	send(request: WireRequest, timeoutMs: number): Promise<WireResponse>;
	attempted(attempt: StoredAttempt): void;
	/** What waits for something else to arrive need not wait any longer. */
	hurryWaiting(target: string): Promise<void>;
	/** Of these items, those that the other side has not taken until somebody decides, by `collection/key`: why. */
	parked(target: string, items: { collection: string; item: string }[]): Promise<Map<string, string>>;
	/** When something last arrived there, and when the two were last compared, in ms since 1970. */
	contact(target: string): Promise<{ lastSuccessAt: number | null; comparedAt: number | null }>;
	/** These rows are there: what failed because one of them was parked is sent again. */
	arrived(target: string, rows: { collection: string; sync_id: string }[]): Promise<void>;
}

const NOT_YET_PLAIN: Verdict = {
	kind: 'retry',
	code: 'NO_EXTENSION',
	message: 'there is a Directus without the extension: it is sent by the items API instead',
	retryAfterMs: null,
};

/** Deliveries and what they say; those that say nothing have no change. */
interface SyncGroup extends Group {
	changes: Map<ClaimedDelivery, SyncChange>;
	/** Deliveries that are not sent, and why. */
	kept: Map<ClaimedDelivery, Verdict>;
}

/** The way to a remote source: one request after the other, each with rows as they are agreed at this moment. */
export async function openSyncChannel(source: RemoteSource, doors: SyncChannelDoors): Promise<Channel> {
	const { options } = source;
	if (!options) throw new Error(`the options of "${source.name}" are invalid`);
	const apiKey = await source.apiKey();
	let waiting = true;

	return {
		concurrency: 1,
		readsAhead: true,
		rate: null,
		async group(claimed) {
			const braked = await doors.brake(
				source.id,
				claimed.filter(({ event, operation }) => event === 'delete' && operation === null),
			);
			const changes = await changesOf(claimed, doors);
			return inGroupsOf(options.batch_size, claimed).map((deliveries): SyncGroup => {
				const [first] = deliveries;
				const kept = new Map<ClaimedDelivery, Verdict>();
				const sent = new Map<ClaimedDelivery, SyncChange>();
				for (const delivery of deliveries) {
					const message = braked.get(delivery);
					const change = changes.get(delivery);
					if (message !== undefined) kept.set(delivery, { kind: 'failed', code: 'DELETE_BRAKE', message });
					else if (change && 'kind' in change) kept.set(delivery, change);
					else if (change) sent.set(delivery, change);
				}
				const batch = first && first.batches.length === 0 ? first.id : doors.clock.id();
				return { batch, deliveries, changes: sent, kept };
			});
		},
		async deliver(group, answered) {
			const { batch, deliveries, changes, kept } = group as SyncGroup;
			const results = [...kept].map(([delivery, verdict]) => ({ deliveries: [delivery], verdict }));
			const sent = deliveries.filter((delivery) => changes.has(delivery));
			if (sent.length === 0) return { results, attempts: [], verdict: { kind: 'delivered' }, held: null };
			const away = await longAway(source, sent, doors);
			if (away !== null) return { attempts: [], held: null, ...refusedBy(away, sent, results) };
			const body: SyncApply = {
				protocol: PROTOCOL,
				from: doors.instance,
				changes: onePerRow(sent.flatMap((one) => changes.get(one) ?? [])),
			};
			const request = applyRequest(source, apiKey, body, { batch, extra: options.headers });
			const to = { target: source, timeoutMs: options.timeout_ms, hidden: apiKey ? [apiKey] : [], judge: () => null };
			const tried = await tryOnce(request, to, { batch, deliveries: sent }, doors);
			doors.attempted(tried.attempt);
			const about = { attempts: [tried.attempt], held: tried.held };
			const applied = tried.verdict.kind === 'delivered' ? readApplied(tried.response) : null;
			if (!applied) {
				// An instance that was met once has lost its extension: what it has is not overwritten unasked.
				const isPlain =
					tried.response?.status === 404 && doors.peer(source.id) === null && (await doors.isPlain(source));
				const verdict = isPlain ? NOT_YET_PLAIN : tried.verdict;
				const response = isPlain ? null : tried.response;
				return { ...about, ...unanswered(verdict, response, sent, results, source) };
			}
			const stranger = strangerBehind(applied.instance, source, doors);
			if (stranger) return { ...about, ...refusedBy(stranger, sent, results) };
			if (doors.peer(source.id) !== applied.instance) await doors.met(source.id, applied.instance);
			// The next rows may come while it is seen what became of these: one row says all that was said of it before.
			answered();
			const told = new Map(applied.results.map((result) => [`${result.collection}/${result.sync_id}`, result]));
			const judged = sent.map((delivery) => {
				const change = changes.get(delivery);
				return { deliveries: [delivery], verdict: verdictOf(told.get(`${change?.collection}/${change?.sync_id}`)) };
			});
			await sendBytes(source, applied.results, { judged, sent, changes }, doors);
			await parkWithWhatTheyNeed(source.id, applied.results, { judged, sent, changes }, doors);
			doors.refused(source.id, applied.results);
			doors.offered(source.id, applied.offers ?? {});
			const there = sent.filter((_, index) => judged[index]?.verdict.kind === 'delivered');
			const arrived = there.length > 0;
			if (waiting && arrived) await doors.hurryWaiting(source.id);
			if (arrived)
				await doors.arrived(
					source.id,
					there.flatMap((one) => changes.get(one) ?? []),
				);
			waiting = judged.some(({ verdict }) => verdict.kind === 'retry');
			return { ...about, results: [...results, ...joined(judged)], verdict: { kind: 'delivered' } };
		},
	};
}

/** Bytes that the other side lacks follow their row; a row without its bytes has not arrived. */
async function sendBytes(
	source: RemoteSource,
	results: SyncResult[],
	{
		judged,
		sent,
		changes,
	}: { judged: Sent['results']; sent: ClaimedDelivery[]; changes: Map<ClaimedDelivery, SyncChange> },
	doors: SyncChannelDoors,
): Promise<void> {
	for (const { sync_id: file, needs } of results) {
		if (needs === undefined) continue;
		try {
			await doors.sendFile(source, file, needs);
		} catch (error) {
			const { code = 'BYTES_NOT_SENT', message } = error as { code?: string; message: string };
			const verdict: Verdict = {
				kind: 'retry',
				code,
				message: `its bytes did not arrive: ${message}`,
				retryAfterMs: null,
			};
			sent.forEach((delivery, index) => {
				if (changes.get(delivery)?.sync_id === file) judged[index] = { deliveries: [delivery], verdict };
			});
		}
	}
}

export function applyRequest(
	source: RemoteSource,
	apiKey: string | null,
	body: SyncApply,
	{ batch, extra }: { batch: string; extra: Record<string, string> | undefined },
): WireRequest {
	return {
		method: 'POST',
		url: `${source.url}/downstream/sync/apply`,
		headers: {
			...extra,
			// Directus reads JSON by itself, and no more of it than MAX_PAYLOAD_SIZE.
			'content-type': 'application/octet-stream',
			'webhook-id': batch,
			...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
		},
		body: JSON.stringify(body),
	};
}

function readApplied(response: WireResponse | null): SyncApplied | null {
	try {
		const parsed = syncApplied.safeParse((JSON.parse(response?.body ?? '') as { data?: unknown }).data);
		return parsed.success ? parsed.data : null;
	} catch {
		return null;
	}
}

/** The request as a whole was not taken. */
function unanswered(
	verdict: Verdict,
	response: WireResponse | null,
	sent: ClaimedDelivery[],
	results: Sent['results'],
	source: RemoteSource,
): Pick<Sent, 'results' | 'verdict' | 'pause'> {
	const status = response?.status ?? 0;
	const pause = whyToPause(status, source);
	if (pause !== null) return refusedBy(pause, sent, results);
	const judged: Verdict =
		verdict.kind === 'delivered'
			? {
					kind: 'retry',
					code: 'ANSWER_UNREADABLE',
					message: 'the answer is not what Downstream answers; something in between may have changed or cut it',
					retryAfterMs: null,
				}
			: verdict;
	return { results: [...results, { deliveries: sent, verdict: judged }], verdict: judged };
}

/** The link stands still until somebody has looked; what is owed stays owed. */
function refusedBy(
	reason: string,
	sent: ClaimedDelivery[],
	results: Sent['results'],
): Pick<Sent, 'results' | 'verdict' | 'pause'> {
	const verdict: Verdict = { kind: 'retry', code: 'LINK_REFUSED', message: reason, retryAfterMs: null };
	return { results: [...results, { deliveries: sent, verdict }], verdict, pause: reason };
}

function verdictOf(result: SyncResult | undefined): Verdict {
	if (!result)
		return {
			kind: 'retry',
			code: 'ANSWER_INCOMPLETE',
			message: 'the answer does not say what became of it',
			retryAfterMs: null,
		};
	const { outcome, code = 'PARKED', message = '' } = result;
	if (outcome === 'waiting') return { kind: 'retry', code: WAITING, message, retryAfterMs: null };
	return outcome === 'parked' ? { kind: 'failed', code, message } : { kind: 'delivered' };
}

/** Deliveries with the same end are settled together. */
function joined(judged: Sent['results']): Sent['results'] {
	const same = Map.groupBy(judged, ({ verdict }) => JSON.stringify(verdict));
	return [...same.values()].map((alike) => ({
		deliveries: alike.flatMap(({ deliveries }) => deliveries),
		verdict: alike[0]?.verdict ?? { kind: 'delivered' },
	}));
}
