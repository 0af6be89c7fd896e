import { isRecord } from '../../../kernel/core/is-record.js';
import type { Snapshot } from '../../../contract/bundle.js';
import type { Move } from './move-names.js';

/** Where a field leads to: from a collection and a field of it to the collection behind it. Names before the move. */
export type Leads = (collection: string, field: string) => string | null;

export function leadsOf({ relations }: Pick<Snapshot, 'relations'>): Leads {
	const targets = new Map<string, string>();
	for (const { collection, field, related_collection: related, meta } of relations) {
		if (typeof related !== 'string') continue;
		targets.set(`${collection}.${field}`, related);
		const other = isRecord(meta) ? meta['one_field'] : null;
		if (typeof other === 'string') targets.set(`${related}.${other}`, collection);
	}
	return (collection, field) => targets.get(`${collection}.${field}`) ?? null;
}

/** Rewrites names of fields in what people write about a collection: paths, filters, templates. */
export interface Rewriting {
	move: Move;
	leads: Leads;
}

/** One part of a path: `title`, `-title`, `year(date)`, `item:articles`, `count(tags)`. */
const PART = /^(-?)(?:(\w+)\()?([^():]+)(?::([^():]+))?(\)?)$/;

/** `author.name`, as seen from a collection; `root` null where that is not known. */
export function movedPath(path: string, root: string | null, { move, leads }: Rewriting): string {
	let at = root;
	return path
		.split('.')
		.map((part) => {
			const match = PART.exec(part);
			if (!match) {
				at = null;
				return part;
			}
			const [, sign = '', call, field = '', of, end = ''] = match;
			const name = move.kind === 'fields' && at === move.collection && field === move.from ? move.to : field;
			at = of ?? (at === null ? null : leads(at, field));
			const scope = of === undefined ? '' : `:${move.kind === 'collections' && of === move.from ? move.to : of}`;
			return `${sign}${call === undefined ? '' : `${call}(`}${name}${scope}${end}`;
		})
		.join('.');
}

/** Where a path ends, as a collection. */
function endOf(path: string, root: string | null, leads: Leads): string | null {
	let at = root;
	for (const part of path.split('.')) {
		const match = PART.exec(part);
		if (!match) return null;
		const [, , , field = '', of] = match;
		at = of ?? (at === null ? null : leads(at, field));
	}
	return at;
}

export const movedTemplate = (text: string, root: string | null, rewriting: Rewriting): string =>
	text.replace(/\{\{([^{}]*)\}\}/g, (_, inside: string) => {
		const path = inside.trim();
		const [before = '', after = ''] = path === '' ? [inside] : inside.split(path);
		return `{{${before}${movedPath(path, root, rewriting)}${after}}}`;
	});

/** A filter, or values by field (as a permission's presets are): keys are fields, operators stay. */
export function movedFilter(filter: unknown, root: string | null, rewriting: Rewriting): unknown {
	if (Array.isArray(filter)) return filter.map((entry) => movedFilter(entry, root, rewriting));
	if (!isRecord(filter)) return filter;
	return Object.fromEntries(
		Object.entries(filter).map(([key, value]) => {
			if (key.startsWith('_')) {
				const isNested = key === '_and' || key === '_or' || key === '_some' || key === '_none';
				return [key, isNested ? movedFilter(value, root, rewriting) : value];
			}
			return [movedPath(key, root, rewriting), movedFilter(value, endOf(key, root, rewriting.leads), rewriting)];
		}),
	);
}

/** Keys of options that hold a text for people, or the name of something else than a field. */
const NO_FIELDS = /^(label|text|icon|color|placeholder|name|type|size|layout|function|operator|format|style)$/i;

/**
 * Options of a panel, a layout, an interface or a query: which of their values are fields is known to their extension
 * alone. Filters and templates are told by their form; a text counts as a field where it is one of this name.
 */
export function movedOptions(options: unknown, root: string | null, rewriting: Rewriting, key = ''): unknown {
	const { move } = rewriting;
	if (typeof options === 'string') {
		if (options.includes('{{')) return movedTemplate(options, root, rewriting);
		return NO_FIELDS.test(key) || root === null ? options : movedPath(options, root, rewriting);
	}
	if (Array.isArray(options)) return options.map((entry) => movedOptions(entry, root, rewriting, key));
	if (!isRecord(options)) return options;
	if (/filter$/i.test(key) || key === 'rule') return movedFilter(options, root, rewriting);
	return Object.fromEntries(
		Object.entries(options).map(([name, value]) => {
			const isNamed = move.kind === 'fields' && root === move.collection && name === move.from;
			const ofFields = isNamed && /^(widths|payload|align|fields)$/i.test(key);
			return [ofFields ? move.to : name, movedOptions(value, root, rewriting, name)];
		}),
	);
}

/** Names of collections in options: below keys that are called so, and in links within the Studio. */
export function movedCollections(value: unknown, move: Move, below = false): unknown {
	if (move.kind !== 'collections') return value;
	const { from, to } = move;
	if (typeof value === 'string') {
		if (below && value === from) return to;
		return value.includes('/content/')
			? value.replaceAll(/\/content\/([\w-]+)(?![\w-])/g, (link, name: string) =>
					name === from ? `/content/${to}` : link,
				)
			: value;
	}
	if (Array.isArray(value)) return value.map((entry) => movedCollections(entry, move, below));
	if (!isRecord(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [
			key,
			movedCollections(entry, move, below || /collections?(name)?$/i.test(key)),
		]),
	);
}
