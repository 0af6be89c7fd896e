import type { FlushChange } from '../core/adapters/adapter.js';
import type { Row } from '../core/item-change.js';
import { pickPaths, pickPayload } from '../core/pick-payload.js';
import { sameValue } from '../core/same-value.js';
import { renderTemplates } from '../core/template.js';
import { ALL_ITEMS } from '../core/vocabulary.js';
import type { CompiledRule } from '../core/watch.js';
import type { Items } from './ports.js';
import type { StoredDelivery } from './stored.js';

/**
 * Deliveries with the values that their items have now: after commit, and as late as can be. An item that is gone by
 * now, or no longer passes the rule's `when`, gives no values but its key and its old ones, since a later change that
 * says so is on its way and what it has become is not for the target.
 * @param ruleOf the rule that made a delivery; null where it has become invalid
 */
export async function buildChanges(
	deliveries: StoredDelivery[],
	ruleOf: (delivery: StoredDelivery) => CompiledRule | null,
	items: Items,
): Promise<Map<StoredDelivery, FlushChange>> {
	const byRule = new Map<CompiledRule, string[]>();
	for (const delivery of deliveries) {
		const rule = ruleOf(delivery);
		if (!rule || delivery.item === ALL_ITEMS || delivery.asItWas || delivery.event === 'delete') continue;
		byRule.set(rule, [...(byRule.get(rule) ?? []), delivery.item]);
	}
	const present = new Map<CompiledRule, Map<string, Row>>();
	for (const [rule, keys] of byRule)
		present.set(rule, await items.read(rule.rule.collection, keys, rule.reads, rule.rule.when));
	return new Map(
		deliveries.map((delivery) => {
			const rule = ruleOf(delivery);
			const item = rule ? (present.get(rule)?.get(delivery.item) ?? null) : null;
			return [delivery, changeOf(delivery, rule, item)];
		}),
	);
}

function changeOf(delivery: StoredDelivery, compiled: CompiledRule | null, item: Row | null): FlushChange {
	const { collection, event, old } = delivery;
	const base = { collection, event, item: delivery.item, timestamp: delivery.changedAt };
	// Its rule no longer fits the schema: which item it was is all that can be told for certain.
	if (!compiled) return { ...base, fields: { id: delivery.item }, previous: null, tags: old.tags, paths: old.paths };
	const { rule, primary } = compiled;
	const everything = delivery.item === ALL_ITEMS;
	const shown = item ?? old.fields ?? { [primary]: keyValue(delivery.item, compiled) };
	const now = item ? pickPaths(item, [...rule.payload, ...compiled.templatePaths]) : {};
	const previous = item ? Object.entries(old.previous).filter(([field, value]) => !sameValue(value, now[field])) : [];
	const source = everything ? {} : shown;
	return {
		...base,
		fields: everything ? {} : pickPayload(shown, rule.payload, primary),
		previous: previous.length > 0 ? Object.fromEntries(previous) : null,
		tags: [...new Set([...renderTemplates(rule.tags ?? [], source), ...old.tags])],
		paths: [...new Set([...renderTemplates(rule.paths ?? [], source), ...old.paths])],
	};
}

const keyValue = (item: string, { numericKey }: CompiledRule): unknown => (numericKey ? Number(item) : item);
