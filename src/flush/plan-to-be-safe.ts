import type { Items } from '../kernel/ports.js';
import type { Row } from '../kernel/core/row.js';
import { LIMITS } from '../../schema.js';
import type { ItemChange } from '../capture/core/item-change.js';
import { NO_OLD_VALUES } from '../delivery/core/old-values.js';
import { renderPaths, renderTemplates } from '../kernel/core/template.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { CompiledRule } from '../capture/core/watch.js';
import { TAG_OF_EVERYTHING } from './core/pages/tag-names.js';
import type { PlannedDelivery } from './planned-delivery.js';
import { messageOf } from '../kernel/core/message-of.js';

/**
 * What to do with items where a rule cannot be evaluated: a page too many is refreshed rather than one too few. They
 * are sent without their values, for whether they matched `when` is not known, but with all tags and paths that their
 * present and their earlier values give. Where a rule has paths, and none could be made, the whole collection is sent.
 * @param byItem the changes of each item
 */
export async function planToBeSafe(
	rule: CompiledRule,
	byItem: Map<string, ItemChange[]>,
	error: unknown,
	items: Items,
): Promise<PlannedDelivery[]> {
	const { collection, events, tags = [], paths = [] } = rule.rule;
	const present = await readWhatCan(rule, [...byItem.keys()], items);
	const why = messageOf(error);
	return [...byItem].flatMap(([item, changes]): PlannedDelivery[] => {
		const own = changes.find((change) => change.collection === collection && change.item === item);
		const event = own?.deleted ? 'delete' : own?.created ? 'create' : 'update';
		if (!events.includes(event)) return [];
		const versions = [
			...(own?.before ?? []),
			...(own?.beforeRelated ? [own.beforeRelated] : []),
			present.get(item) ?? {},
		];
		const known = versions.map((row): Row => ({ [rule.primary]: item, ...row }));
		const old = {
			...NO_OLD_VALUES,
			tags: rule.automatic ? [TAG_OF_EVERYTHING] : [...new Set(known.flatMap((row) => renderTemplates(tags, row)))],
			paths: [...new Set(known.flatMap((row) => renderPaths(paths, row)))],
			unsure: true,
		};
		const addressed = paths.length === 0 || old.paths.length > 0;
		return [
			{
				rule,
				collection,
				item: addressed ? item : ALL_ITEMS,
				event: addressed ? event : 'update',
				reason:
					`the rule could not be evaluated, so ${addressed ? 'the change' : 'the whole collection'} is sent to be safe: ${why}`.slice(
						0,
						1_000,
					),
				changedAt: Math.max(...changes.map(({ at }) => at)),
				changeId: Math.max(...changes.map(({ lastId }) => lastId)),
				user: own?.user ?? null,
				trace: own?.trace ?? null,
				asItWas: true,
				old,
			},
		];
	});
}

/** The items' present values, as far as they can be read. */
async function readWhatCan(rule: CompiledRule, keys: string[], items: Items): Promise<Map<string, Row>> {
	const named = keys.filter((key) => key !== ALL_ITEMS).slice(0, LIMITS.fanOut);
	if (named.length === 0 || rule.templatePaths.length === 0) return new Map();
	try {
		return await items.read(rule.rule.collection, named, [rule.primary, ...rule.templateReads]);
	} catch {
		return new Map();
	}
}
