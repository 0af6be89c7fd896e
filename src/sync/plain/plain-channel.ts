import type { Clock, Logger } from '../../kernel/ports.js';
import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import { secretsOf } from '../../kernel/core/mask.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import type { PlainRequests } from './plain-requests.js';
import { valuesOf } from '../core/merge/stamp-edits.js';
import { targetOf } from '../core/wire/wire-values.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import type { WireRequest, WireResponse } from '../../kernel/core/wire.js';
import type { Channel, Group, Sent } from '../../delivery/channel.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import type { StoredAttempt } from '../../delivery/stored.js';
import type { RemoteSource } from '../remote-source.js';
import { withoutSecrets } from '../outgoing/mask-answers.js';
import { tryOnce } from '../../delivery/try-once.js';
import { changesOf, onePerRow, type OutgoingChangePorts } from '../outgoing/outgoing-changes.js';
import { plainRows, whyNotPlain, type PlainRow } from './plain-values.js';
import { findUsers } from './plain-users.js';
import type { PlainAsk } from './ask-plain.js';
import { writePlainRows } from './write-plain-rows.js';

export interface PlainChannelPorts extends OutgoingChangePorts {
	clock: Clock;
	logger: Logger;
	/** Why so many deletions may not go out just now; none where they may. */
	brake(target: string, deletes: ClaimedDelivery[]): Promise<Map<ClaimedDelivery, string>>;
	/** What may be asked of a Directus at that address, with these headers. */
	requests(url: string, headers: Record<string, string>): PlainRequests;
	/** Told of fields that cannot be sent without the extension. */
	leftOut(target: string, collection: string, fields: string[]): void;
	send(request: WireRequest, timeoutMs: number): Promise<WireResponse>;
	attempted(attempt: StoredAttempt): void;
	/** What waits for something else to arrive need not wait any longer. */
	hurryWaiting(target: string): Promise<void>;
}

/** Rows in one request: Directus takes no more of it than MAX_PAYLOAD_SIZE, 1 MB unless told otherwise. */
const MOST_ROWS = 100;

/** The code of a delivery that only an instance with the extension could take. */
export const NEEDS_EXTENSION = 'NEEDS_EXTENSION';

/** Deliveries of one collection, to be written or to be deleted. */
interface PlainGroup extends Group {
	changes: Map<ClaimedDelivery, SyncChange>;
	/** Deliveries that are not sent, and why. */
	kept: Map<ClaimedDelivery, Verdict>;
}

/**
 * The way to an instance without the extension: by the items API that every Directus has. One way, and without a notion
 * of who changed what: what is there is overwritten.
 *
 * @param allowed waits until the rate limit has a further request left, and takes it
 */
export async function openPlainChannel(
	source: RemoteSource,
	ports: PlainChannelPorts,
	allowed: () => Promise<void>,
): Promise<Channel> {
	const { options } = source;
	if (!options) throw new Error(`the options of "${source.name}" are invalid`);
	const apiKey = await source.apiKey();
	const users = new Map<string, string | null>();
	const requests = ports.requests(source.url, {
		...options.headers,
		...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
	});
	const hidden = secretsOf(source, { apiKey, signing: [] });
	const to = { target: source, timeoutMs: options.timeout_ms, hidden, judge: () => null };
	let waiting = true;

	return {
		concurrency: 1,
		readsAhead: false,
		rate: null,
		async group(claimed) {
			const deletes = claimed.filter(({ event, operation }) => event === 'delete' && operation === null);
			const braked = await ports.brake(source.id, deletes);
			const changes = await changesOf(claimed, ports);
			const size = Math.min(options.batch_size, MOST_ROWS);
			return inRuns(claimed, (delivery) => kindOf(delivery, changes.get(delivery)))
				.flatMap((run) => inGroupsOf(size, run))
				.map((deliveries) => plainGroup(deliveries, changes, braked, ports));
		},
		async deliver(group) {
			const { batch, deliveries, changes, kept } = group as PlainGroup;
			const results: Sent['results'] = [...kept].map(([delivery, verdict]) => ({ deliveries: [delivery], verdict }));
			const sent = deliveries.filter((delivery) => changes.has(delivery));
			const attempts: StoredAttempt[] = [];
			let held: number | null = null;
			const ask: PlainAsk = async (request) => {
				if (attempts.length > 0) await allowed();
				const tried = await tryOnce(request, to, { batch, deliveries: sent }, ports);
				attempts.push(tried.attempt);
				ports.attempted(tried.attempt);
				held = tried.held ?? held;
				return withoutSecrets(tried, hidden);
			};
			const [first] = sent;
			const rule = first ? ports.ruleOf(first) : null;
			if (!first || !rule) return { results, attempts, verdict: { kind: 'delivered' }, held };
			const { model } = rule;
			const perRow = onePerRow(sent.flatMap((claimedDelivery) => changes.get(claimedDelivery) ?? []));
			const hindered = await findUsers(userForms(perRow, model), users, { requests, ask });
			if (hindered) {
				results.push({ deliveries: sent, verdict: hindered });
				return { results, attempts, verdict: hindered, held };
			}
			const rows = await plainRows(perRow, model, {
				userId: (form) => users.get(form) ?? null,
				ports,
			});
			const leftOut = new Set([...rows.values()].flatMap((row) => row.leftOut));
			if (leftOut.size > 0) ports.leftOut(source.id, model.collection, [...leftOut]);
			const verdicts = await writePlainRows([...rows.values()], model, { requests, ask, url: source.url });
			const byRow = new Map([...rows].map(([{ sync_id }, row]): [string, PlainRow] => [sync_id, row]));
			for (const delivery of sent) {
				const row = byRow.get(changes.get(delivery)?.sync_id ?? '');
				const verdict = row && verdicts.rows.get(row);
				if (verdict) results.push({ deliveries: [delivery], verdict });
			}
			const arrived = results.some(({ verdict }) => verdict.kind === 'delivered');
			if (waiting && arrived) await ports.hurryWaiting(source.id);
			waiting = results.some(({ verdict }) => verdict.kind === 'retry');
			const { halt, pause } = verdicts;
			const health: Verdict = halt ?? { kind: 'delivered' };
			return { results, attempts, verdict: health, held, ...(pause === null ? {} : { pause }) };
		},
	};
}

/** Separates what is sent of some deliveries from what is not. */
function plainGroup(
	deliveries: ClaimedDelivery[],
	changes: Map<ClaimedDelivery, SyncChange | Verdict>,
	braked: Map<ClaimedDelivery, string>,
	ports: Pick<PlainChannelPorts, 'identityOf' | 'clock'>,
): PlainGroup {
	const kept = new Map<ClaimedDelivery, Verdict>();
	const sent = new Map<ClaimedDelivery, SyncChange>();
	for (const delivery of deliveries) {
		const { collection, event } = delivery;
		const change = changes.get(delivery);
		const brake = braked.get(delivery);
		const why = whyNotPlain(collection, ports.identityOf(collection), event);
		if (brake !== undefined) kept.set(delivery, { kind: 'failed', code: 'DELETE_BRAKE', message: brake });
		else if (why !== null) kept.set(delivery, { kind: 'failed', code: NEEDS_EXTENSION, message: why });
		else if (change && 'kind' in change) kept.set(delivery, change);
		else if (change) sent.set(delivery, change);
	}
	const [first] = deliveries;
	const batch = first && first.batches.length === 0 ? first.id : ports.clock.id();
	return { batch, deliveries, changes: sent, kept };
}

const kindOf = ({ collection, event }: ClaimedDelivery, change: SyncChange | Verdict | undefined): string => {
	const deletes = change && 'state' in change ? change.state.deleted !== null : event === 'delete';
	return `${deletes ? '-' : '+'}${collection}`;
};

/** What comes one after the other and is of the same kind, together: the order says what refers to what. */
function inRuns<T>(list: readonly T[], kind: (one: T) => string): T[][] {
	const runs: T[][] = [];
	let last: string | null = null;
	for (const item of list) {
		const now = kind(item);
		if (now === last) runs.at(-1)?.push(item);
		else runs.push([item]);
		last = now;
	}
	return runs;
}

/** How the users that these rows name are recognised. */
function userForms(changes: readonly SyncChange[], model: Parameters<typeof plainRows>[1]): string[] {
	return changes.flatMap(({ state }) =>
		Object.entries(valuesOf(state)).flatMap(([name, value]) => {
			const field = model.fields.get(name);
			const target = field?.kind === 'user' ? targetOf(field, value) : null;
			return target ? [target.syncId] : [];
		}),
	);
}
