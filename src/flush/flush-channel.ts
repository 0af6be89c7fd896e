import type { AdapterTarget } from './adapters/adapter.js';
import { adapters } from './adapters/index.js';
import { withinBytes } from './adapters/group-changes.js';
import { hiddenOf } from './hidden-of.js';
import type { FlushPorts } from './flush-ports.js';
import { sendWhole, type FlushWay } from './send-group.js';
import { signing } from './sign-requests.js';
import { isLater } from '../delivery/core/is-later.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { Channel, Nothing, Sent } from '../delivery/channel.js';
import { divideRefused } from './divide-refused.js';
import { groupDeliveries, type FlushGroup } from './group-deliveries.js';
import { placeOf } from '../delivery/items-under-way.js';
import { nothingToPurge } from './nothing-to-purge.js';
import type { ClaimedDelivery } from '../delivery/ports.js';
import type { FlushTarget } from './flush-target.js';
import type { Delivered } from './check/visit-page.js';
import { withReportedPages } from './pages/with-pages.js';

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
	const way: FlushWay = {
		target,
		options,
		adapter,
		wire,
		signingSecrets: secrets.signing,
		hidden,
		ports,
		send,
		allowed,
	};
	let mostBytes = Math.min(options.batch_bytes, (await ports.knownBytes(target.id)) ?? Infinity);
	let isHopeless = false;

	return {
		concurrency: options.concurrency,
		readsAhead: false,
		rate: adapter.rate(options),
		rateOf: (group) => adapter.rateOf?.((group as FlushGroup).changes, wire) ?? null,
		async group(claimed) {
			await bringUpToDate(claimed, target.id, ports);
			const fresh = claimed.filter(({ tries, batches }) => tries === 0 && batches.length === 0);
			if (fresh.length > 0) await ports.beforeRead(Math.max(...fresh.map(({ createdAt }) => createdAt)));
			return groupDeliveries(claimed, adapter, wire, { ...ports, mostBytes });
		},
		async deliver(group) {
			const { left, ended } = withoutIdle(group as FlushGroup, way);
			if (left.deliveries.length === 0) return { results: ended, attempts: [], verdict: null, held: null };
			const sent = await divideRefused(left, {
				send: (part) => sendWhole(part, part === left, way),
				id: () => clock.id(),
				name: (groups) => nameBatches(groups, ports),
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
			if (options.check) checkPages(takenOf(left, sent.results), way);
			return { ...sent, results: [...sent.results, ...ended] };
		},
	};
}

/**
 * What is sent once more may be older than something that has been sent since, by this rule or by another: it then
 * says what has become of the item, so that whatever arrives last is true.
 */
async function bringUpToDate(claimed: ClaimedDelivery[], target: string, ports: FlushPorts): Promise<void> {
	const again = claimed.filter(
		({ batches, event, item }) => batches.length > 0 && event !== 'test' && item !== ALL_ITEMS,
	);
	if (again.length === 0) return;
	const latest = await ports.latest(target, again);
	for (const delivery of again) {
		const now = latest.get(placeOf(delivery));
		if (now && isLater(now, delivery)) [delivery.event, delivery.asItWas] = [now.event, now.asItWas];
	}
}

/** Separates the changes of a group that need no request. */
function withoutIdle(
	group: FlushGroup,
	{ target, adapter, wire, ports }: FlushWay,
): { left: FlushGroup; ended: Sent['results'] } {
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

/** Every batch that a delivery was ever in stays with it. */
async function nameBatches(groups: FlushGroup[], ports: FlushPorts): Promise<void> {
	for (const { deliveries } of groups)
		for (const delivery of deliveries)
			if (delivery.batch !== null && !delivery.batches.includes(delivery.batch))
				delivery.batches = [...delivery.batches, delivery.batch];
	await ports.nameBatches(groups);
	for (const { batch, deliveries } of groups) for (const delivery of deliveries) delivery.batch = batch;
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

/** Begins to check the pages of changes that were taken; which pages these are may have to be looked up first. */
function checkPages(taken: Taken[], { target, options, ports }: FlushWay): void {
	const told = options.tags === 'automatic' ? withReportedPages(taken, ports.pathsOf) : Promise.resolve(taken);
	told
		.then((known) => ports.delivered(target, known))
		.catch((error: unknown) => ports.logger.warn(`[downstream] no page is looked at: ${String(error)}`));
}

/** Messages about whole collections that changed without anything being purged. */
const wholeOnes = (ended: Sent['results']): Set<string> =>
	new Set(
		ended.flatMap(({ deliveries, verdict }) =>
			deliveries.some(({ item }) => item === ALL_ITEMS) ? [(verdict as Nothing).message] : [],
		),
	);
