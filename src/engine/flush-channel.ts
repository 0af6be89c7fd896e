import type { AdapterTarget } from '../core/adapters/adapter.js';
import { adapters } from '../core/adapters/index.js';
import { withSignature } from '../core/signature.js';
import type { Verdict } from '../core/verdict.js';
import type { CompiledRule } from '../core/watch.js';
import type { WireRequest, WireResponse } from '../core/wire.js';
import type { Channel } from './channel.js';
import { groupDeliveries, type FlushGroup } from './group-deliveries.js';
import type { Clock, Items, Logger } from './ports.js';
import type { FlushTarget, StoredAttempt, StoredDelivery } from './stored.js';
import { tryOnce } from './try-once.js';

export interface FlushDoors {
	clock: Clock;
	logger: Logger;
	items: Items;
	/** The rule that made a delivery; null where it no longer fits the schema. */
	ruleOf(delivery: StoredDelivery): Promise<CompiledRule | null>;
	/** One request; throws with `code`, `message` and `permanent` where no answer came. */
	send(request: WireRequest, timeoutMs: number): Promise<WireResponse>;
	/** Told of every request that was made. */
	attempted(attempt: StoredAttempt): void;
	/** Called before values are read: Directus' own response cache must not serve what is being replaced. */
	beforeRead(): Promise<void>;
}

/**
 * The way to a flush target: what its adapter makes of the changes.
 * @param allowed waits until the rate limit has a further request left, and takes it
 */
export async function openFlushChannel(
	target: FlushTarget,
	doors: FlushDoors,
	allowed: () => Promise<void>,
): Promise<Channel> {
	const { clock } = doors;
	const { options } = target;
	if (!options) throw new Error(`the options of "${target.name}" are invalid`);
	const adapter = adapters[target.adapter];
	const secrets = await target.secrets();
	const wire: AdapterTarget = { url: target.url, authHeader: target.authHeader, apiKey: secrets.apiKey, options };
	return {
		concurrency: options.concurrency,
		readsAhead: false,
		rate: adapter.rate(options),
		async group(claimed) {
			await doors.beforeRead();
			return groupDeliveries(claimed, adapter, wire, doors);
		},
		async deliver(group) {
			const { batch, deliveries, changes } = group as FlushGroup;
			const attempts: StoredAttempt[] = [];
			let verdict: Verdict = { kind: 'delivered' };
			let held: number | null = null;
			for (const [part, request] of adapter.requests(changes, wire).entries()) {
				// A receiver that drops ids it knows must not drop the second request of a group.
				const id = part === 0 ? batch : `${batch}-${part + 1}`;
				if (part > 0) await allowed();
				const as = { signs: adapter.signs, id, secrets: secrets.signing, extra: options.headers };
				const signed = withSignature(request, as, clock.now());
				const hidden = [...(secrets.apiKey ? [secrets.apiKey] : []), ...secrets.signing];
				const from = { target, timeoutMs: options.timeout_ms, hidden, judge: adapter.judge };
				const tried = await tryOnce(signed, from, { batch, deliveries }, doors);
				attempts.push(tried.attempt);
				doors.attempted(tried.attempt);
				[verdict, held] = [tried.verdict, tried.held];
				if (verdict.kind !== 'delivered') break;
			}
			const pause = verdict.kind === 'gone' ? { pause: verdict.message } : {};
			return { results: [{ deliveries, verdict }], attempts, verdict, held, ...pause };
		},
	};
}
