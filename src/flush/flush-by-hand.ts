import type { Knex } from 'knex';
import { LIMITS } from '../../schema.js';
import type { PageRegistry } from './pages/page-registry.js';
import { NO_OLD_VALUES } from '../delivery/core/old-values.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { CompiledRule } from '../capture/core/watch.js';
import type { FlushResult } from '../contract/answers/targets.js';
import { TAG_OF_EVERYTHING, tagOfCollection, tagOfItem, tagOfMembership } from './core/pages/tag-names.js';
import { previewRequests } from './preview.js';
import type { FlushTarget } from './flush-target.js';
import type { Clock, Items } from '../kernel/ports.js';
import type { Engine } from '../delivery/engine.js';
import { currentTrace } from '../kernel/tracing.js';
import { addDeliveries } from '../delivery/tables/delivery-table.js';
import { recordOperation } from '../delivery/tables/operation-table.js';
import { newDelivery, type PlannedDelivery } from './planned-delivery.js';

/**
 * Queues deliveries that a user asked for: the items of each rule that pass its `when` now, one by one up to the
 * fan-out limit, else the whole collection in one. Spread over time like a bulk retry.
 */
export async function flushByHand(
	ports: {
		database: Knex;
		clock: Clock;
		items: Items;
		engine: Pick<Engine, 'wake'>;
		pages: Pick<PageRegistry, 'pathsOf'>;
	},
	asked: {
		target: FlushTarget;
		rules: CompiledRule[];
		/** Everything that the target is told of. */
		all: boolean;
		keys: string[] | null;
		user: string | null;
		dryRun: boolean;
	},
): Promise<FlushResult> {
	const { database, clock, items } = ports;
	const { target, rules, keys, user, dryRun } = asked;
	const planned: PlannedDelivery[] = [];
	const automatic = rules.filter((rule) => rule.automatic);
	const [any] = automatic;
	if (any && asked.all) planned.push(byHand(any, ALL_ITEMS, [TAG_OF_EVERYTHING]));
	for (const rule of asked.all ? rules.filter((one) => !one.automatic) : rules) {
		const { collection, when } = rule.rule;
		const matching = keys
			? [...(await items.matching(collection, [...new Set(keys)], when))]
			: await items.list(collection, when, LIMITS.fanOut + 1);
		const named = matching.length > LIMITS.fanOut ? [ALL_ITEMS] : matching;
		planned.push(...named.map((item) => byHand(rule, item, rule.automatic ? tagsByHand(collection, item) : [])));
	}

	function byHand(rule: CompiledRule, item: string, tags: string[]): PlannedDelivery {
		return {
			rule,
			collection: rule.rule.collection,
			item,
			event: 'update',
			reason: 'flushed by hand',
			changedAt: clock.now(),
			changeId: null,
			user,
			trace: currentTrace(),
			asItWas: false,
			old: tags.length > 0 ? { ...NO_OLD_VALUES, tags } : NO_OLD_VALUES,
		};
	}
	if (dryRun) {
		// A preview of everything would be as large as everything.
		const shown = planned.slice(0, target.options?.batch_size ?? 100);
		return { dry_run: true, count: planned.length, ...(await previewRequests(target, shown, items, ports)) };
	}
	const operation = clock.id();
	const now = clock.now();
	await database.transaction(async (transaction) => {
		const added = planned.map((delivery, index) =>
			newDelivery(delivery, { nextAt: now + Math.floor(index / LIMITS.redrivePerSecond) * 1_000, operation }),
		);
		await addDeliveries(transaction, added, clock.id, now);
		await recordOperation(transaction, {
			id: operation,
			at: now,
			user,
			action: 'flush',
			target: target.id,
			detail: { collections: rules.map(({ rule }) => rule.collection), keys, count: planned.length },
		});
	});
	ports.engine.wake(target.id);
	return { operation, count: planned.length };
}

/** What automatic tags say of an item, as if it had become another one; of all of a collection nothing less is certain. */
const tagsByHand = (collection: string, item: string): string[] =>
	item === ALL_ITEMS
		? [TAG_OF_EVERYTHING]
		: [tagOfItem(collection, item), tagOfMembership(collection), tagOfCollection(collection)];
