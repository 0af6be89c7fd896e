import { WAITING, type SyncChange, type SyncResult } from '../../contract/sync-messages.js';
import { secretsOf } from '../../kernel/core/mask.js';
import { partsOfSize } from '../../kernel/core/parts-of-size.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import type { WireResponse } from '../../kernel/core/wire.js';
import { longAway, reasonInAnswer, reasonInInstance } from '../core/link/pause-reason.js';
import { CLAIM_REFUSALS } from '../core/link/remote-credential.js';
import { TOMBSTONES_KEPT_MS, wasLongAway } from '../core/merge/long-away.js';
import { IN_CONFLICT } from '../../contract/vocabulary.js';
import type { Channel, Group, Nothing, Sent } from '../../delivery/channel.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import type { RemoteSource } from '../remote-source.js';
import { tryOnce } from '../../delivery/try-once.js';
import { applyBody, applyRequest } from '../incoming/apply-request.js';
import { goneReferences } from './gone-references.js';
import { changesOf } from './outgoing-changes.js';
import { maskResult, withoutSecrets } from './mask-answers.js';
import { parkDependentDeliveries } from '../incoming/park-dependents.js';
import { saidBy, sendParts, type Outgoing } from './send-parts.js';
import type { SyncChannelPorts } from './sync-channel-ports.js';

const NOT_YET_PLAIN: Verdict = {
	kind: 'retry',
	code: 'NO_EXTENSION',
	message: 'there is a Directus without the extension: it is sent by the items API instead',
	retryAfterMs: null,
};

/** What a delivery says, and as JSON. */
type SentChange = Omit<Outgoing, 'deliveries'>;

function inJson(change: SyncChange): SentChange {
	const text = JSON.stringify(change);
	return { change, text, bytes: Buffer.byteLength(text) };
}

/** Deliveries and what they say; those that say nothing have no change. */
interface SyncGroup extends Group {
	changes: Map<ClaimedDelivery, SentChange>;
	/** Deliveries that are not sent, and why. */
	kept: Map<ClaimedDelivery, Verdict>;
}

/** The way to a remote source: one request after the other, each with rows as they are agreed at this moment. */
export async function openSyncChannel(source: RemoteSource, ports: SyncChannelPorts): Promise<Channel> {
	const { options } = source;
	if (!options) throw new Error(`the options of "${source.name}" are invalid`);
	const apiKey = await source.apiKey();
	const hidden = secretsOf(source, { apiKey, signing: [] });
	let waiting = true;

	return {
		concurrency: 1,
		readsAhead: true,
		rate: null,
		async group(claimed) {
			const braked = await ports.brake(
				source.id,
				claimed.filter(({ event, operation }) => event === 'delete' && operation === null),
			);
			const changes = await changesOf(claimed, ports);
			const kept = new Map<ClaimedDelivery, Verdict>();
			const results = new Map<ClaimedDelivery, SentChange>();
			for (const delivery of claimed) {
				const message = braked.get(delivery);
				const change = changes.get(delivery);
				if (message !== undefined) kept.set(delivery, { kind: 'failed', code: 'DELETE_BRAKE', message });
				else if (change && 'kind' in change) kept.set(delivery, change);
				else if (change) results.set(delivery, inJson(change));
			}
			const most = { rows: options.batch_size, bytes: ports.learnt.most.get(placeOf(source)) ?? MOST_BYTES };
			const parts = partsOfSize(claimed, most, (delivery) => results.get(delivery)?.bytes ?? 0);
			return parts.map((deliveries): SyncGroup => {
				const [first] = deliveries;
				const batch = first && first.batches.length === 0 ? first.id : ports.clock.id();
				return { batch, deliveries, changes: results, kept };
			});
		},
		async deliver(group, answered) {
			const { batch, deliveries, changes: said, kept } = group as SyncGroup;
			const results = deliveries.flatMap((delivery) => {
				const verdict = kept.get(delivery);
				return verdict ? [{ deliveries: [delivery], verdict }] : [];
			});
			const sent = deliveries.filter((delivery) => said.has(delivery));
			if (sent.length === 0) return { results, attempts: [], verdict: null, held: null };
			if (await isLongAway(source, sent, ports))
				return { attempts: [], held: null, ...refusedBy(longAway(source.name), sent, results) };
			const to = { target: source, timeoutMs: options.timeout_ms, hidden, judge: () => null };
			const way: Parameters<typeof sendParts>[1] = {
				async post(rows) {
					const body = applyBody(
						ports.instance,
						rows.map(({ text }) => text),
					);
					const isPacked = body.length >= WORTH_PACKING && ports.learnt.packs.has(placeOf(source));
					const request = applyRequest(source, apiKey, body, { batch, extra: options.headers, isPacked });
					const about = { batch, deliveries: rows.flatMap((row) => row.deliveries) };
					const tried = await tryOnce(request, to, about, ports);
					ports.attempted(tried.attempt);
					return withoutSecrets(tried, hidden);
				},
				stops: ({ instance }) => otherInstance(instance, source, ports) !== null,
				tooLarge: (bytes) => void ports.learnt.most.set(placeOf(source), bytes),
			};
			const done = await sendParts(outgoing(sent, said), way);
			const { applied, attempts, held, failed, refused } = done;
			const answers = done.results.map((result) => maskResult(result, hidden));
			const about = { attempts, held };
			const stranger = applied && otherInstance(applied.instance, source, ports);
			if (stranger) return { ...about, ...refusedBy(stranger, sent, results) };
			if (applied && ports.peer(source.id) !== applied.instance) await ports.met(source.id, applied.instance);
			// The next rows may come while it is seen what became of these: one row says all that was said of it before.
			answered();
			if (applied?.takes?.gzip) ports.learnt.packs.add(placeOf(source));
			const whole = failed && (await unanswered(failed, source, ports));
			const byRow = new Map(answers.map((result) => [`${result.collection}/${result.sync_id}`, result]));
			const alone = new Map<ClaimedDelivery, Verdict>();
			for (const [row, verdict] of refused) for (const delivery of row.deliveries) alone.set(delivery, verdict);
			for (const row of failed?.rows ?? [])
				for (const delivery of row.deliveries) alone.set(delivery, whole?.verdict ?? NOT_ANSWERED);
			const changes = new Map([...said].map(([delivery, { change }]) => [delivery, change]));
			const judged = sent.map((delivery) => {
				const change = changes.get(delivery);
				const verdict = alone.get(delivery) ?? verdictOf(byRow.get(`${change?.collection}/${change?.sync_id}`));
				return { deliveries: [delivery], verdict };
			});
			await sendBytes(source, answers, { judged, sent, changes }, ports);
			await parkDependentDeliveries(source.id, answers, { judged, sent, changes }, ports);
			const gone = await goneReferences(source.id, answers, changes, ports);
			if (gone.length > 0) {
				const told = await sendParts(
					gone.map((change) => ({ ...inJson(change), deliveries: [] })),
					way,
				);
				attempts.push(...told.attempts);
			}
			ports.refused(source.id, answers);
			if (judged.some(({ verdict }) => verdict.kind === 'nothing')) ports.conflictsChanged(source.id);
			ports.offered(source.id, applied?.offers ?? {});
			const delivered = sent.filter((_, index) => judged[index]?.verdict.kind === 'delivered');
			const arrived = delivered.length > 0;
			if (waiting && arrived) await ports.hurryWaiting(source.id);
			if (arrived)
				await ports.arrived(
					source.id,
					delivered.flatMap((claimedDelivery) => changes.get(claimedDelivery) ?? []),
				);
			waiting = judged.some(({ verdict }) => verdict.kind === 'retry');
			// A row's own fault says nothing about the health of the target, which has accepted others after it.
			const verdict: Verdict = whole?.verdict ?? { kind: 'delivered' };
			const pause = whole?.pause;
			return { ...about, results: [...results, ...joined(judged)], verdict, ...(pause === undefined ? {} : { pause }) };
		},
	};
}

/** How large a request is, before it is packed, unless a single change is larger: proxies let that much through. */
const MOST_BYTES = 1024 * 1024;

/** Under that, packing takes longer than it saves. */
const WORTH_PACKING = 8 * 1024;

/** What is known of a source belongs to the instance at its address. */
const placeOf = ({ id, url }: RemoteSource) => `${id} ${url}`;

/** The rows that deliveries say something of: two of one row say the same, how it is now. */
function outgoing(sent: ClaimedDelivery[], results: Map<ClaimedDelivery, SentChange>): Outgoing[] {
	const rows = new Map<string, Outgoing>();
	for (const delivery of sent) {
		const result = results.get(delivery);
		if (!result) continue;
		const place = `${result.change.collection}/${result.change.sync_id}`;
		rows.set(place, { ...result, deliveries: [...(rows.get(place)?.deliveries ?? []), delivery] });
	}
	return [...rows.values()];
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
	ports: SyncChannelPorts,
): Promise<void> {
	for (const { sync_id: file, needs } of results) {
		if (needs === undefined) continue;
		try {
			await ports.sendFile(source, file, needs);
		} catch (error) {
			const { code = 'BYTES_NOT_SENT', message, status } = error as { code?: string; message: string; status?: number };
			const what = { code, message: `its bytes did not arrive: ${message}` };
			// The same bytes would be refused the next time.
			const verdict: Verdict = [403, 413, 415].includes(status ?? 0)
				? { kind: 'failed', ...what }
				: { kind: 'retry', ...what, retryAfterMs: null };
			sent.forEach((delivery, index) => {
				if (changes.get(delivery)?.sync_id === file) judged[index] = { deliveries: [delivery], verdict };
			});
		}
	}
}

/** Whether the two have to be compared before anything more is sent. */
async function isLongAway(
	{ id }: RemoteSource,
	sent: ClaimedDelivery[],
	{ clock, contact }: Pick<SyncChannelPorts, 'clock' | 'contact'>,
): Promise<boolean> {
	const now = clock.now();
	const oldestChange = Math.min(...sent.map(({ changedAt }) => changedAt));
	return oldestChange <= now - TOMBSTONES_KEPT_MS && wasLongAway({ ...(await contact(id)), oldestChange, now });
}

const otherInstance = (
	answering: string,
	{ id, url }: RemoteSource,
	ports: Pick<SyncChannelPorts, 'instance' | 'peer'>,
) => reasonInInstance(answering, { own: ports.instance, known: ports.peer(id) }, url);

/** Whether an answer pauses the link; null where it does not. */
function pausedBy(response: WireResponse, { url }: RemoteSource): string | null {
	const { code = null, message = '' } = saidBy(response) ?? {};
	const refusal = code !== null && CLAIM_REFUSALS.includes(code) ? message.slice(0, 500) : null;
	return reasonInAnswer({ status: response.status, code, refusal }, url);
}

/** Requests were not taken, whatever was in them: what that means for the rows, and for the link. */
async function unanswered(
	{ verdict, response }: { verdict: Verdict; response: WireResponse | null },
	source: RemoteSource,
	ports: SyncChannelPorts,
): Promise<{ verdict: Verdict; pause?: string }> {
	// An instance that was met once has lost its extension: what it has is not overwritten unasked.
	if (response?.status === 404 && ports.peer(source.id) === null && (await ports.isPlain(source)))
		return { verdict: NOT_YET_PLAIN };
	const pause = response && pausedBy(response, source);
	if (pause === null) return { verdict };
	return { verdict: { kind: 'retry', code: 'LINK_REFUSED', message: pause, retryAfterMs: null }, pause };
}

/** The link is paused until a person resumes it; the deliveries stay due. */
function refusedBy(
	reason: string,
	sent: ClaimedDelivery[],
	results: Sent['results'],
): Pick<Sent, 'results' | 'verdict' | 'pause'> {
	const verdict: Verdict = { kind: 'retry', code: 'LINK_REFUSED', message: reason, retryAfterMs: null };
	return { results: [...results, { deliveries: sent, verdict }], verdict, pause: reason };
}

const NOT_ANSWERED: Verdict = {
	kind: 'retry',
	code: 'ANSWER_INCOMPLETE',
	message: 'the answer does not say what became of it',
	retryAfterMs: null,
};

/** What the remote keeps as a conflict has arrived, and failed in no way: somebody decides there, and the end comes back. */
const CONFLICTS: Record<string, string> = {
	DELETE_CONFLICT: 'one side deleted it, and the other changed it',
	IDENTITY_CONFLICT: 'the remote cannot tell which of its items it is',
	RECORD_NOT_UNIQUE: 'another item of the remote has one of its unique values',
};

function verdictOf(result: SyncResult | undefined): Verdict | Nothing {
	if (!result) return NOT_ANSWERED;
	const { outcome, code = 'PARKED', message = '' } = result;
	if (outcome === 'waiting') return { kind: 'retry', code: WAITING, message, retryAfterMs: null };
	const conflict = outcome === 'parked' ? CONFLICTS[code] : undefined;
	if (conflict !== undefined)
		return { kind: 'nothing', code: IN_CONFLICT, message: `${conflict}: a decision is needed on the remote` };
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
