import { isRecord } from '../../../kernel/core/is-record.js';
import type { PageModel } from './page-model.js';
import type { TagBag } from './tag-bag.js';

/** What of a query decides which items are in a list, and in which order. */
export interface ListQuery {
	filter?: unknown;
	sort?: unknown;
	search?: unknown;
	aggregate?: unknown;
	group?: unknown;
}

/** The filters by which a reader's permissions hide items, by collection. */
export type ReadFilters = ReadonlyMap<string, readonly unknown[]>;

/**
 * Notes what a list depends on, beside the items that it shows.
 *
 * Where `ownKnown` is given, the list's own columns are known already: each change of a row purges a tag that the read
 * carries anyway, that of the item which is asked for by its key, or of the rows of the one above it.
 */
export function createDepends(model: PageModel, filters: ReadFilters, bag: TagBag) {
	const permitted = new Set<string>();

	/** What the reader's permissions ask of a collection's items. */
	function permissions(collection: string, ownKnown = false): void {
		const name = `${collection}\u0000${ownKnown}`;
		if (permitted.has(name)) return;
		permitted.add(name);
		for (const filter of filters.get(collection) ?? []) conditions(collection, filter, ownKnown);
	}

	function conditions(collection: string, filter: unknown, ownKnown = false): void {
		if (Array.isArray(filter)) for (const one of filter) conditions(collection, one, ownKnown);
		if (!isRecord(filter)) return;
		for (const [key, value] of Object.entries(filter)) {
			if (key.startsWith('_')) conditions(collection, value, ownKnown);
			else condition(collection, key, value, ownKnown);
		}
	}

	function condition(collection: string, key: string, value: unknown, ownKnown: boolean): void {
		// `year(author.born)` is `author.year(born)`; `json(seo.title)` is about the column.
		const [head, rest] = splitPath(argumentOf(key));
		if (rest !== null && model.steps(collection).has(head))
			return condition(collection, head, { [rest]: value }, ownKnown);
		const [field = '', scope] = head.split(':');
		const step = model.steps(collection).get(field);
		const own = (column: string) => {
			// A key never changes.
			if (!ownKnown && column !== model.primary(collection)) bag.field(collection, column);
		};
		if (!step) {
			// Something that only Directus understands, such as `$FOLLOW(…)`.
			if (model.has(collection, field)) own(field);
			else {
				bag.whole(collection);
				for (const other of key.match(/\w+/g) ?? []) if (model.columns(other).length > 0) bag.whole(other);
				conditions(collection, value);
			}
		} else if (step.type === 'm2o') {
			own(field);
			if (!asksAbout(value)) return;
			if (!step.isHeld) bag.membership(step.to);
			conditions(step.to, value);
			permissions(step.to);
		} else if (step.type === 'o2m') {
			bag.membership(step.to);
			bag.field(step.to, step.field);
			conditions(step.to, value);
			permissions(step.to);
		} else {
			own(field);
			own(step.collectionField);
			for (const to of step.allowed.filter((one) => scope === undefined || one === scope)) {
				if (!asksAbout(value)) continue;
				bag.membership(to);
				conditions(to, value);
				permissions(to);
			}
		}
	}

	function list(collection: string, query: ListQuery, ownKnown = false): void {
		conditions(collection, query.filter, ownKnown);
		permissions(collection, ownKnown);
		const isGrouped = isRecord(query.aggregate) || texts(query.group).length > 0;
		const sort = texts(query.sort);
		const order = sort.length > 0 || isGrouped ? sort : [model.defaultSort(collection)];
		for (const one of [...order, ...texts(query.group)])
			if (one !== '?') condition(collection, one.replace(/^-/, ''), null, ownKnown);
		for (const fields of isRecord(query.aggregate) ? Object.values(query.aggregate) : [])
			for (const field of texts(fields)) if (field !== '*') condition(collection, field, null, ownKnown);
		if (typeof query.search === 'string' && query.search !== '' && !ownKnown) bag.whole(collection);
	}

	return { list, permissions };
}

export type Depends = ReturnType<typeof createDepends>;

/** The parts of a text between a sign; those within brackets belong together. */
export function splitOutsideBrackets(text: string, sign: string): string[] {
	const parts = [''];
	let depth = 0;
	for (const letter of text) {
		if (letter === '(') depth += 1;
		else if (letter === ')') depth -= 1;
		if (letter === sign && depth <= 0) parts.push('');
		else parts[parts.length - 1] += letter;
	}
	return parts;
}

/** The first segment of a path, and the rest. */
export function splitPath(path: string): [string, string | null] {
	if (!path.includes('.')) return [path, null];
	const [head = '', ...rest] = splitOutsideBrackets(path, '.');
	return [head, rest.length > 0 ? rest.join('.') : null];
}

/** What a function is about: `year(published_at)`, `json(seo, a.b)`; a field stands for itself. */
export const argumentOf = (segment: string): string => /^\w+\(\s*([^,)]+)/.exec(segment)?.[1]?.trim() ?? segment;

/** Whether a condition on a relation is about fields of what it leads to, and not only about the key. */
const asksAbout = (value: unknown): boolean =>
	Array.isArray(value)
		? value.some(asksAbout)
		: isRecord(value) && Object.entries(value).some(([key, inner]) => (key.startsWith('_') ? asksAbout(inner) : true));

export const texts = (value: unknown): string[] =>
	(Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');
