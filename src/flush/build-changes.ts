import type { Items } from '../kernel/ports.js';
import type { Row } from '../kernel/core/row.js';
import type { FlushChange } from './adapters/adapter.js';
import { pickPaths, pickPayload } from '../kernel/core/pick-payload.js';
import { sameValue } from '../kernel/core/same-value.js';
import { renderPaths, renderTemplates } from '../kernel/core/template.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { CompiledRule } from '../capture/core/watch.js';
import type { StoredDelivery } from '../delivery/stored.js';

/**
 * Deliveries with the current values of their items, read right before sending. An item that was deleted meanwhile, or
 * no longer passes the rule's `when`, has only its key and old values: the target must not see what it has become, and a
 * later delivery says that it is gone.
 * @param ruleOf the rule that made a delivery; null where it has become invalid
 */
export async function buildChanges(
	deliveries: StoredDelivery[],
	ruleOf: (delivery: StoredDelivery) => CompiledRule | null,
	items: Items,
): Promise<Map<StoredDelivery, FlushChange>> {
	const byRule = new Map<CompiledRule, string[]>();
	const notBefore = Math.max(0, ...deliveries.map(({ changedAt }) => changedAt));
	for (const delivery of deliveries) {
		const rule = ruleOf(delivery);
		if (!rule || delivery.item === ALL_ITEMS || delivery.asItWas || delivery.event === 'delete') continue;
		byRule.set(rule, [...(byRule.get(rule) ?? []), delivery.item]);
	}
	const present = new Map<CompiledRule, Map<string, Row>>();
	for (const [rule, keys] of byRule)
		present.set(rule, await items.read(rule.rule.collection, keys, rule.reads, rule.rule.when, { notBefore }));
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
	const base = { collection, event, item: delivery.item, user: delivery.user, timestamp: delivery.changedAt };
	const isWholeCollection = delivery.item === ALL_ITEMS;
	// Its rule no longer fits the schema: only the item's key is certain.
	if (!compiled) {
		const fields = isWholeCollection || delivery.rule === null ? {} : { id: delivery.item };
		const wide = old.wide ? { wide: old.wide } : {};
		return { ...base, fields, previous: null, tags: old.tags, paths: old.paths, ...wide };
	}
	const { rule, primary } = compiled;
	const shown = item ?? old.fields ?? { [primary]: keyValue(delivery.item, compiled) };
	const now = item ? pickPaths(item, [...compiled.payload, ...compiled.templatePaths]) : {};
	const previous = item ? Object.entries(old.previous).filter(([field, value]) => !sameValue(value, now[field])) : [];
	const source = isWholeCollection ? {} : shown;
	return {
		...base,
		...(item || isWholeCollection || old.unsure ? {} : { gone: true }),
		...(item && old.began ? { began: true } : {}),
		fields: isWholeCollection ? {} : pickPayload(shown, compiled.payload, primary),
		previous: previous.length > 0 ? Object.fromEntries(previous) : null,
		tags: [...new Set([...renderTemplates(rule.tags ?? [], source), ...old.tags])],
		paths: [...new Set([...renderPaths(rule.paths ?? [], source), ...old.paths])],
	};
}

const keyValue = (item: string, { numericKey }: CompiledRule): unknown => (numericKey ? Number(item) : item);
