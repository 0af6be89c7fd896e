import { isRecord } from '../../../kernel/core/is-record.js';
import { createDepends, texts, type Depends, type ListQuery, type ReadFilters } from './depends.js';
import type { PageModel } from './page-model.js';
import { shownRelations, type Shown } from './selection.js';
import { createTagBag, type ReadTags, type TagBag, type TagLimits } from './tag-bag.js';

/** A query as Directus has sanitized it, as far as it decides what an answer was made from. */
export interface ReadQuery extends ListQuery {
	fields?: unknown;
	alias?: unknown;
	deep?: unknown;
}

export interface Read {
	collection: string;
	/** A list; the items with these keys; or the one item of a singleton. */
	of: 'list' | 'singleton' | { keys: readonly string[] };
	query: ReadQuery;
	/** The answer's `data`; null where there is none, since the item is not there or refused. */
	data: unknown;
}

type Item = Record<string, unknown>;

/** The items on one level of an answer, and what was asked of them. */
interface Level {
	collection: string;
	items: Item[];
	query: ReadQuery;
	/** Each change of one of them purges a tag that the read has already: that of the rows of the item above. */
	isBelow: boolean;
}

/** The tags of what one answer read (docs/pages.md): as long as none of them is purged, the answer is what it was. */
export function tagsOfReads(
	reads: readonly Read[],
	model: PageModel,
	filters: ReadFilters,
	limits: TagLimits,
): ReadTags {
	const bag = createTagBag();
	const depends = createDepends(model, filters, bag);
	for (const read of reads) noteRead(read, { model, bag, depends });
	return bag.write(limits);
}

export const tagsOfRead = (read: Read, model: PageModel, filters: ReadFilters, limits: TagLimits): ReadTags =>
	tagsOfReads([read], model, filters, limits);

function noteRead({ collection, query, of, data }: Read, walk: Walk): void {
	const { model, bag, depends } = walk;
	const items = (Array.isArray(data) ? data : [data]).filter(isRecord);
	const asked = typeof of === 'object' ? of.keys : [];
	if (of === 'list') {
		bag.membership(collection);
		depends.list(collection, query);
		if (isGrouped(query)) return;
	} else {
		for (const key of asked) bag.item(collection, model.keyText(collection, key));
		if (of === 'singleton') {
			// The row may not be there yet; there is never a second one.
			if (items.some((item) => hasKey(item, model.primary(collection)))) bag.membership(collection);
			else bag.whole(collection);
		}
		depends.list(collection, { ...query, sort: model.primary(collection) }, true);
	}
	// The item that was asked for by its key is known without its key in the answer.
	const known =
		asked.length === 1 && items.length === 1 ? [{ [model.primary(collection)]: asked[0], ...items[0] }] : items;
	show({ collection, items: known, query, isBelow: false }, walk);
}

interface Walk {
	model: PageModel;
	bag: TagBag;
	depends: Depends;
}

const hasKey = (item: Item, primary: string) => item[primary] !== undefined && item[primary] !== null;

function show(level: Level, walk: Walk): void {
	const { collection, items, query, isBelow } = level;
	const { model, bag } = walk;
	const primary = model.primary(collection);
	for (const item of items) {
		if (hasKey(item, primary)) bag.item(collection, model.keyText(collection, item[primary]));
		else if (!isBelow) bag.whole(collection);
	}
	if (items.length === 0) return;
	const isKnown = items.every((item) => hasKey(item, primary));
	const fields = texts(query.fields);
	const relations = shownRelations(model, collection, fields.length > 0 ? fields : ['*'], query.alias, items);
	if (relations.some(({ field }) => model.steps(collection).get(field)?.type === 'o2m'))
		for (const item of items)
			if (hasKey(item, primary)) bag.rowsOf(collection, model.keyText(collection, item[primary]));
	for (const shown of relations) {
		const step = model.steps(collection).get(shown.field);
		const below = items.flatMap((item) => item[shown.name] ?? []);
		if (step?.type === 'o2m') {
			if (isKnown) bag.below(collection, step.to);
			else bag.whole(step.to);
			const inner = queryBelow(query, shown);
			walk.depends.list(step.to, { ...inner, sort: inner.sort ?? model.primary(step.to) }, isKnown);
			if (!isGrouped(inner))
				show({ collection: step.to, items: below.filter(isRecord), query: inner, isBelow: isKnown }, walk);
		} else if (step && shown.isFollowed) {
			showOne(level, shown, walk);
		}
	}
}

/** A relation to one item: it may be there and not be shown, for the reader may not see it, or a filter leaves it out. */
function showOne({ collection, items, query }: Level, shown: Shown, walk: Walk): void {
	const { model, bag, depends } = walk;
	const step = model.steps(collection).get(shown.field);
	if (!step || step.type === 'o2m') return;
	const isHeld = step.type === 'm2o' && step.isHeld;
	const targets = step.type === 'm2o' ? [step.to] : step.allowed.filter((to) => shown.scopes?.includes(to) ?? true);
	for (const to of targets) {
		const inner = queryBelow(query, shown, to);
		depends.list(to, { ...inner, sort: inner.sort ?? model.primary(to) });
		const there = items.filter((item) => {
			const named = step.type === 'a2o' ? item[step.collectionField] : to;
			return typeof named !== 'string' || named === to;
		});
		const values = there.map((item) => item[shown.name]);
		if (!isHeld && values.some((value) => !isRecord(value))) bag.membership(to);
		show({ collection: to, items: values.filter(isRecord), query: inner, isBelow: false }, walk);
	}
}

/** What is asked of the items that a relation shows: its fields, and its part of `deep`. */
function queryBelow({ deep }: ReadQuery, shown: Shown, scope?: string): ReadQuery {
	const at = (name: string) => (isRecord(deep) && Object.hasOwn(deep, name) ? deep[name] : undefined);
	const given = [at(shown.name), at(`${shown.name}:${scope}`)].filter(isRecord);
	const merged: Record<string, unknown> = Object.assign({}, ...given);
	const filters = given.flatMap((one) => (one['_filter'] === undefined ? [] : [one['_filter']]));
	return {
		fields: shown.fields.length > 0 ? shown.fields : ['\u0000'],
		filter: filters,
		sort: merged['_sort'],
		search: merged['_search'],
		aggregate: merged['_aggregate'],
		group: merged['_group'] ?? merged['_groupBy'],
		alias: merged['_alias'],
		deep: merged,
	};
}

const isGrouped = ({ aggregate, group }: ReadQuery) => isRecord(aggregate) || texts(group).length > 0;
