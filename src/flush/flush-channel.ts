import type { Clock, Items, Logger } from '../kernel/ports.js';
import type { AdapterTarget } from './adapters/adapter.js';
import { adapters } from './adapters/index.js';
import { requestsOf } from './adapters/requests-of.js';
import { withinBytes } from './adapters/group-changes.js';
import { hiddenOf } from './hidden-of.js';
import { signing, unsigned } from './sign-requests.js';
import { withSignature } from '../kernel/core/signature.js';
import { isLater } from '../delivery/core/is-later.js';
import type { Verdict } from '../delivery/core/verdict.js';
import { ALL_ITEMS, type EventName } from '../contract/vocabulary.js';
import type { CompiledRule } from '../capture/core/watch.js';
import type { WireRequest, WireResponse } from '../kernel/core/wire.js';
import type { Channel, Nothing, Sent } from '../delivery/channel.js';
import { divideRefused, type SentWhole } from './divide-refused.js';
import { groupDeliveries, type FlushGroup } from './group-deliveries.js';
import { placeOf } from '../delivery/items-under-way.js';
import { nothingToPurge } from './nothing-to-purge.js';
import type { ClaimedDelivery } from '../delivery/ports.js';
import type { StoredAttempt, StoredDelivery } from '../delivery/stored.js';
import type { FlushTarget } from './flush-target.js';
import type { Delivered } from './check/check-pages.js';
import type { PageRegistry } from './pages/page-registry.js';
import { withReportedPages } from './pages/with-pages.js';
import { tryOnce } from '../delivery/try-once.js';
import { currentTrace } from '../kernel/tracing.js';

export interface FlushPorts {
	clock: Clock;
	logger: Logger;
	items: Items;
	/** The rule that made a delivery; null where it no longer fits the schema. */
	ruleOf(delivery: StoredDelivery): Promise<CompiledRule | null>;
	/** One request; throws with `code`, `message` and `permanent` where no answer came. */
	send(request: WireRequest, timeoutMs: number): Promise<WireResponse>;
	/** Told of every request that was made. */
	attempted(attempt: StoredAttempt): void;
	/** How many bytes of changes a target is known to take in one request; null where it has refused none. */
	knownBytes(target: string): Promise<number | null>;
	learnBytes(target: string, bytes: number): Promise<void>;
	/** What a target was last to be told of each of these items, by `placeOf`. */
	latest(
		target: string,
		items: { collection: string; item: string }[],
	): Promise<Map<string, { id: string; changeId: number | null; event: EventName; asItWas: boolean }>>;
	/** Told of the changes that a target has taken; does not wait, and never throws. */
	delivered(target: FlushTarget, told: Delivered[]): void;
	/** For tags, the paths of the pages that have them. */
	pathsOf: PageRegistry['pathsOf'];
	/** Writes down which deliveries go together. */
	nameBatches(groups: FlushGroup[]): Promise<void>;
	/**
	 * Called before values are read that were planned at some time (ms since 1970) and have never been sent: Directus'
	 * own response cache must not serve what they replace.
	 */
	beforeRead(plannedAt: number): Promise<void>;
}

/**
 * The way to a flush target: what its adapter makes of the changes.
 * @param allowed waits until the rate limit has a further request left, and takes it
 */
export async function openFlushChannel(
	target: FlushTarget,
	ports: FlushPorts,
	allowed: () => Promise<void>,
): Promise<Channel> {
	const { clock } = ports;
	const { options } = target;
	if (!options) throw new Error(`the options of "${target.name}" are invalid`);
	const adapter = adapters[target.adapter];
	const secrets = await target.secrets();
	const hidden = hiddenOf(target, secrets, adapter);
	const wire: AdapterTarget = { url: target.url, authHeader: target.authHeader, apiKey: secrets.apiKey, options };
	const connected: FlushPorts['send'] = (request, timeoutMs) =>
		ports.send({ ...request, connection: options.connection }, timeoutMs);
	const send = signing(adapter, wire, { ...ports, hidden, send: connected });
	let mostBytes = Math.min(options.batch_bytes, (await ports.knownBytes(target.id)) ?? Infinity);
	let isHopeless = false;

	async function sendWhole({ batch, deliveries, changes }: FlushGroup, isFirst: boolean): Promise<SentWhole> {
		const attempts: StoredAttempt[] = [];
		let verdict: Verdict = { kind: 'delivered' };
		let held: number | null = null;
		let tooLarge = false;
		for (const [part, request] of requestsOf(adapter, changes, wire).entries()) {
			if (request.problem !== undefined) {
				verdict = { kind: 'failed', code: 'REQUEST_INVALID', message: request.problem, divisible: true };
				break;
			}
			// A receiver that drops ids it knows must not drop the second request of a group.
			const id = part === 0 ? batch : `${batch}-${part + 1}`;
			if (part > 0 || !isFirst) await allowed();
			const as = { ...adapter, id, secrets: secrets.signing, extra: options?.headers };
			const trace = currentTrace();
			const traced = trace === null ? request : { ...request, headers: { ...request.headers, traceparent: trace } };
			const signed = withSignature(traced, as, clock.now());
			const from = { target, timeoutMs: options?.timeout_ms ?? 0, hidden, judge: adapter.judge };
			const tried = await tryOnce(unsigned(signed, adapter), from, { batch, deliveries }, { ...ports, send });
			attempts.push(tried.attempt);
			ports.attempted(tried.attempt);
			[verdict, held] = [tried.verdict, tried.held];
			tooLarge = tried.response?.status === 413;
			if (verdict.kind !== 'delivered') break;
		}
		return { verdict, attempts, held, tooLarge };
	}

	/** Separates the changes of a group that need no request. */
	function withoutIdle(group: FlushGroup): { left: FlushGroup; ended: Sent['results'] } {
		const idle = group.changes.map((change) => nothingToPurge(change, adapter, wire));
		const ended = group.deliveries.flatMap((delivery, index) => {
			const verdict = idle[index];
			return verdict ? [{ deliveries: [delivery], verdict }] : [];
		});
		if (ended.length === 0) return { left: group, ended };
		for (const message of wholeOnes(ended)) ports.logger.warn(`[downstream] "${target.name}": ${message}`);
		const kept = <T>(list: T[]) => list.filter((_, index) => !idle[index]);
		return { left: { ...group, deliveries: kept(group.deliveries), changes: kept(group.changes) }, ended };
	}

	/** Beside the sending: what is looked at may have to be looked up first. */
	function lookAt(taken: Taken[]): void {
		const told = options?.tags === 'automatic' ? withReportedPages(taken, ports.pathsOf) : Promise.resolve(taken);
		told
			.then((known) => ports.delivered(target, known))
			.catch((error: unknown) => ports.logger.warn(`[downstream] no page is looked at: ${String(error)}`));
	}

	/** Every batch that a delivery was ever in stays with it. */
	async function name(groups: FlushGroup[]): Promise<void> {
		for (const { deliveries } of groups)
			for (const delivery of deliveries)
				if (delivery.batch !== null && !delivery.batches.includes(delivery.batch))
					delivery.batches = [...delivery.batches, delivery.batch];
		await ports.nameBatches(groups);
		for (const { batch, deliveries } of groups) for (const delivery of deliveries) delivery.batch = batch;
	}

	/**
	 * What is sent once more may be older than something that has been sent since, by this rule or by another: it then
	 * says what has become of the item, so that whatever arrives last is true.
	 */
	async function asTheyAreNow(claimed: ClaimedDelivery[]): Promise<void> {
		const again = claimed.filter(
			({ batches, event, item }) => batches.length > 0 && event !== 'test' && item !== ALL_ITEMS,
		);
		if (again.length === 0) return;
		const latest = await ports.latest(target.id, again);
		for (const delivery of again) {
			const now = latest.get(placeOf(delivery));
			if (now && isLater(now, delivery)) [delivery.event, delivery.asItWas] = [now.event, now.asItWas];
		}
	}

	return {
		concurrency: options.concurrency,
		readsAhead: false,
		rate: adapter.rate(options),
		rateOf: (group) => adapter.rateOf?.((group as FlushGroup).changes, wire) ?? null,
		async group(claimed) {
			await asTheyAreNow(claimed);
			const fresh = claimed.filter(({ tries, batches }) => tries === 0 && batches.length === 0);
			if (fresh.length > 0) await ports.beforeRead(Math.max(...fresh.map(({ createdAt }) => createdAt)));
			return groupDeliveries(claimed, adapter, wire, { ...ports, mostBytes });
		},
		async deliver(group) {
			const { left, ended } = withoutIdle(group as FlushGroup);
			if (left.deliveries.length === 0) return { results: ended, attempts: [], verdict: null, held: null };
			const sent = await divideRefused(left, {
				send: (part) => sendWhole(part, part === left),
				id: () => clock.id(),
				name,
				weigh: (changes) => changes.reduce((sum, change) => sum + (adapter.bytes?.(change) ?? 0), 0),
				pack: (changes) => withinBytes(changes, adapter, mostBytes),
				async learn(bytes) {
					if (bytes >= mostBytes) return;
					mostBytes = Math.max(1, bytes);
					await ports.learnBytes(target.id, mostBytes);
				},
				isHopeless: () => isHopeless,
				foundHopeless: (hopeless) => void (isHopeless = hopeless),
			});
			if (options.check) lookAt(takenOf(left, sent.results));
			return { ...sent, results: [...sent.results, ...ended] };
		},
	};
}

type Taken = Delivered & { change: FlushGroup['changes'][number] };

/** The changes of a group that the target has taken. */
function takenOf({ deliveries, changes }: FlushGroup, results: Sent['results']): Taken[] {
	const taken = new Set(results.flatMap(({ deliveries: of, verdict }) => (verdict.kind === 'delivered' ? of : [])));
	return deliveries.flatMap((delivery, index) => {
		const change = changes[index];
		return change && taken.has(delivery) ? [{ delivery, change }] : [];
	});
}

/** Messages about whole collections that changed without anything being purged. */
const wholeOnes = (ended: Sent['results']): Set<string> =>
	new Set(
		ended.flatMap(({ deliveries, verdict }) =>
			deliveries.some(({ item }) => item === ALL_ITEMS) ? [(verdict as Nothing).message] : [],
		),
	);
