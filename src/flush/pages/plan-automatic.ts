import type { SchemaOverview } from '@directus/types';
import type { Row } from '../../kernel/core/row.js';
import { ALL_ITEMS, BUMPED, CONTENT_VERSIONS, type EventName } from '../../contract/vocabulary.js';
import type { ItemChange } from '../../capture/core/item-change.js';
import type { CompiledRule, Watch } from '../../capture/core/watch.js';
import { NO_OLD_VALUES } from '../../delivery/core/old-values.js';
import type { Explained, PlannedDelivery } from '../planned-delivery.js';
import { isBorn, shownItem } from '../../kernel/suppose-change.js';
import { pageModel, type PageModel } from '../core/pages/page-model.js';
import { tagsOfChange, tagsOfVersion, type Purged } from '../core/pages/purged-tags.js';
import { TAG_OF_EVERYTHING } from '../core/pages/tag-names.js';

/**
 * What targets with automatic tags are owed for these changes: the tags of all reads that they make out of date. Each
 * change gives its own, however many pages show it, so that nothing is looked up.
 * @param present the changed items as they are, by collection and key
 * @param isSupposed nothing has happened: it is asked what would
 */
export function planAutomatic(
	changes: readonly ItemChange[],
	watch: Watch,
	present: ReadonlyMap<string, ReadonlyMap<string, Row>>,
	isSupposed: boolean,
): { deliveries: PlannedDelivery[]; explained: Explained[] } {
	const deliveries: PlannedDelivery[] = [];
	const explained: Explained[] = [];
	const models = new Map<SchemaOverview, PageModel>();
	for (const change of changes) {
		for (const rule of watch.collections.get(change.collection)?.rules ?? []) {
			if (!rule.automatic) continue;
			const model = models.get(rule.automatic.schema) ?? pageModel(rule.automatic.schema);
			models.set(rule.automatic.schema, model);
			const now = present.get(change.collection)?.get(change.item) ?? null;
			const { tags, reason } = purgedBy({ ...change, isSupposed }, now, rule, model);
			explained.push({ rule, item: change.item, send: tags.length > 0, reason });
			if (tags.length > 0) deliveries.push(deliveryOf(change, now, rule, { tags, reason }));
		}
	}
	return { deliveries, explained };
}

function purgedBy(
	change: ItemChange & { isSupposed: boolean },
	now: Row | null,
	{ automatic, rule }: CompiledRule,
	model: PageModel,
): Purged {
	const { collection, item, created, updated, deleted, existedBefore, before, incomplete } = change;
	if (automatic?.sends === null)
		return { tags: [TAG_OF_EVERYTHING], reason: `${collection} changed, which any read may depend on` };
	// What has passed may concern another target's rule only.
	const passed = (change.passed?.fields ?? []).filter((field) => rule.at?.includes(field));
	if (!created && !updated && !deleted && item !== ALL_ITEMS) {
		if (passed.length === 0) return { tags: [], reason: 'nobody changed it: only a moment has passed' };
		if (now === null) return { tags: [], reason: 'the item is gone' };
	}
	const versions = now ? [...before, now] : before;
	const sends = (name: string) => automatic?.sends?.has(name) ?? false;
	if (collection === CONTENT_VERSIONS && !sends(collection))
		return tagsOfVersion({ item, versions, isComplete: !incomplete || versions.length > 0 }, model, sends);
	return tagsOfChange(
		{
			collection,
			item: isBorn(item) ? item : shownItem(item),
			created,
			// It is gone by now, and its deletion is on its way: which of its values changed before cannot be told any more.
			deleted: deleted || now === null,
			versions,
			isComplete: !incomplete,
			isSupposed: change.isSupposed,
			mayBeShown: created || existedBefore || now !== null,
			passed,
		},
		model,
		{ ignored: BUMPED[collection] ?? [], sends },
	);
}

function deliveryOf(change: ItemChange, now: Row | null, rule: CompiledRule, purged: Purged): PlannedDelivery {
	const { collection, created, existedBefore, deleted } = change;
	const item = rule.automatic?.sends === null ? ALL_ITEMS : change.item;
	const isWhole = item === ALL_ITEMS;
	const event: EventName = isWhole ? 'update' : deleted ? 'delete' : created && !existedBefore ? 'create' : 'update';
	return {
		rule,
		collection,
		item,
		event,
		reason: purged.reason.slice(0, 1_000),
		changedAt: change.at,
		changeId: change.lastId,
		user: change.user,
		trace: change.trace,
		asItWas: !isWhole && now === null,
		old: { ...NO_OLD_VALUES, tags: purged.tags },
	};
}
