import { getLocation, parseTree, findNodeAtLocation, type JSONPath } from 'jsonc-parser';
import {
	CONFLICT_POLICIES,
	DELETE_POLICIES,
	DIRECTIONS,
	EVENTS,
	type TargetKind,
} from '../../../contract/vocabulary.js';
import { FILTER_OPERATORS } from '../../../kernel/filter/filter-operators.js';
import { collectionsAt, type ContentModel, type ModelField } from '../document/content-model.js';

/** What may be written at the cursor: each choice replaces the characters from `from` to `to`. */
export interface Completion {
	from: number;
	to: number;
	choices: Choice[];
}

export interface Choice {
	/** What people see, and search by. */
	label: string;
	/** What it is, in a word or two: the type of a field, or where a relation leads. */
	detail: string;
	kind: 'key' | 'collection' | 'field' | 'relation' | 'event' | 'operator';
	/** What is written. */
	insert: string;
}

type Offer = Omit<Choice, 'insert'>;

/** The keys of a rule with what they begin as. */
const KEYS = {
	collection: '""',
	events: '["create", "update", "delete"]',
	payload: '[]',
	when: '{}',
	changed: '[]',
	via: '[]',
	at: '[]',
	tags: '[]',
	paths: '[]',
} as const;
/** The same of a remote source's rules, and the words that some of them take. */
const SYNC_KEYS = {
	collection: '""',
	fields: '[]',
	when: '{}',
	direction: '""',
	conflict: '""',
	match: '[]',
	on_delete_conflict: '""',
	references: '{}',
	rewrite_ids: '[]',
} as const;
const SYNC_WORDS: Record<string, readonly string[]> = {
	direction: DIRECTIONS,
	conflict: CONFLICT_POLICIES,
	on_delete_conflict: DELETE_POLICIES,
};
const SYNC_FIELDS = ['fields', 'match', 'rewrite_ids'];
const OLDER: Record<string, string> = { name: 'collection', fields: 'payload' };

const PATHS = ['payload', 'fields', 'changed', 'via', 'at'];

/** What the data model and the language of rules offer at a place of the text; null where there is nothing to say. */
export function completeAt(
	text: string,
	offset: number,
	model: ContentModel,
	kind: TargetKind = 'flush',
): Completion | null {
	const { path, isAtPropertyKey } = getLocation(text, offset);
	if (typeof path[0] !== 'number') return null;
	const [, key] = path;
	const string = stringAround(text, offset);
	const cursor: Cursor = { text, offset, string, path, collection: collectionOf(text, path[0]), model };
	if (isAtPropertyKey && path.length === 2) return keys(cursor, kind);
	if (key === 'when' && isAtPropertyKey) return filterKeys(cursor);
	if (isAtPropertyKey) return null;
	if (path.length === 2 && (key === 'collection' || key === 'name')) {
		const offers = model.collections.map(({ collection, name }): Offer => ({
			label: collection,
			detail: name === collection ? '' : name,
			kind: 'collection',
		}));
		return values(cursor, offers);
	}
	if (kind === 'sync') return syncValue(cursor, String(key));
	if (path.length !== 3) return null;
	if (key === 'events')
		return values(
			cursor,
			EVENTS.map((event): Offer => ({ label: event, detail: '', kind: 'event' })),
		);
	if (PATHS.includes(String(key))) return fieldPath(cursor, key === 'via');
	if (key === 'tags' || key === 'paths') return inTemplate(cursor);
	return null;
}

/** The words that a key takes, or fields of the collection itself: rules of remote sources name no paths. */
function syncValue(cursor: Cursor, key: string): Completion | null {
	const words = SYNC_WORDS[key];
	if (words && cursor.path.length === 2)
		return values(
			cursor,
			words.map((label): Offer => ({ label, detail: '', kind: 'event' })),
		);
	if (cursor.path.length !== 3 || !SYNC_FIELDS.includes(key)) return null;
	return values(cursor, cursor.model.fieldsOf(cursor.collection).map(fieldOffer));
}

interface Cursor {
	text: string;
	offset: number;
	/** The string that the cursor is in, quotes included. */
	string: { start: number; end: number; closed: boolean } | null;
	path: JSONPath;
	collection: string;
	model: ContentModel;
}

function keys(cursor: Cursor, kind: TargetKind): Completion | null {
	const root = parseTree(cursor.text);
	const index = cursor.path[0] ?? 0;
	const present = new Set(
		(root && findNodeAtLocation(root, [index])?.children)?.flatMap(({ children }) => {
			const [node] = children ?? [];
			if (!node || (cursor.string && node.offset === cursor.string.start)) return [];
			const name = String(node.value);
			return [kind === 'flush' || name === 'name' ? (OLDER[name] ?? name) : name];
		}) ?? [],
	);
	const offers = Object.entries(kind === 'sync' ? SYNC_KEYS : KEYS)
		.filter(([name]) => !present.has(name))
		.map(([label, begins]) => ({ label, detail: '', kind: 'key' as const, begins }));
	return writtenAsKey(cursor, offers);
}

function filterKeys(cursor: Cursor): Completion | null {
	const { path, model, collection } = cursor;
	// The key that is being typed is the last of the path.
	const above = path.slice(2, -1).filter((part) => typeof part === 'string' && !isCombiner(part)) as string[];
	const relational = collectionsAt(model, collection, above);
	const begins = '{}';
	if (relational.length > 0) {
		const fields = relational.flatMap((from) => model.fieldsOf(from));
		const quantifiers = above.length > 0 ? ['_some', '_none'] : ['_and', '_or'];
		return writtenAsKey(cursor, [
			...fields.map((field) => ({ ...fieldOffer(field), begins })),
			...quantifiers.map((label) => ({
				label,
				detail: '',
				kind: 'operator' as const,
				begins: label === '_and' || label === '_or' ? '[]' : begins,
			})),
		]);
	}
	const field = above.at(-1);
	const known = collectionsAt(model, collection, above.slice(0, -1)).some((from) =>
		model.fieldsOf(from).some((modelField) => modelField.field === field),
	);
	if (!known) return null;
	return writtenAsKey(
		cursor,
		FILTER_OPERATORS.map((label) => ({ label, detail: '', kind: 'operator' as const, begins: '' })),
	);
}

const isCombiner = (key: string) => ['_and', '_or', '_some', '_none'].includes(key);

/** The next step of a path such as `author.na`: what stands before the last dot stays. */
function fieldPath(cursor: Cursor, relationsOnly: boolean): Completion | null {
	const typed = cursor.string ? cursor.text.slice(cursor.string.start + 1, cursor.offset) : '';
	const offers = steps(cursor, typed, relationsOnly);
	if (!cursor.string) return written(cursor, offers, cursor.offset, cursor.offset, JSON.stringify);
	const from = cursor.string.start + 1 + typed.lastIndexOf('.') + 1;
	return written(cursor, offers, from, endOfWord(cursor), (label) => label);
}

/** Within the braces of a template only: elsewhere it is free text. */
function inTemplate(cursor: Cursor): Completion | null {
	if (!cursor.string) return null;
	const typed = cursor.text.slice(cursor.string.start + 1, cursor.offset);
	const open = typed.lastIndexOf('{{');
	if (open < 0 || typed.indexOf('}}', open) >= 0) return null;
	const inside = typed.slice(open + 2).trimStart();
	if (!/^[\w:.$-]*$/.test(inside)) return null;
	const closed = cursor.text.slice(cursor.offset, cursor.string.end).trimStart().startsWith('}}');
	const from = cursor.offset - (inside.length - (inside.lastIndexOf('.') + 1));
	const offers = steps(cursor, inside, false);
	const closing = closed ? '' : '}}';
	return written(cursor, offers, from, endOfWord(cursor), (label) => `${label}${closing}`);
}

function steps({ model, collection }: Cursor, typed: string, relationsOnly: boolean): Offer[] {
	const above = typed.split('.').slice(0, -1);
	const fields = collectionsAt(model, collection, above).flatMap((from) => model.fieldsOf(from));
	const offers = fields
		.filter(({ leadsTo }) => !relationsOnly || leadsTo.length > 0)
		.flatMap((field) => [
			fieldOffer(field),
			...(field.leadsTo.length > 1
				? field.leadsTo.map((lead): Offer => ({ label: lead.segment, detail: lead.collection, kind: 'relation' }))
				: []),
		]);
	const byLabel = new Map(offers.map((offer) => [offer.label, offer]));
	return [...byLabel.values()];
}

const fieldOffer = ({ field, type, leadsTo }: ModelField): Offer =>
	leadsTo.length > 0
		? { label: field, detail: leadsTo.map(({ collection }) => collection).join(', '), kind: 'relation' }
		: { label: field, detail: type, kind: 'field' };

function values(cursor: Cursor, offers: Offer[]): Completion | null {
	const { string, offset } = cursor;
	return string
		? written(cursor, offers, string.start, string.end, JSON.stringify)
		: written(cursor, offers, offset, offset, JSON.stringify);
}

function writtenAsKey(cursor: Cursor, offers: (Offer & { begins: string })[]): Completion | null {
	const from = cursor.string?.start ?? cursor.offset;
	const to = cursor.string?.end ?? cursor.offset;
	const hasValue = /^\s*:/.test(cursor.text.slice(to));
	const begins = new Map(offers.map((offer) => [offer.label, offer.begins]));
	return written(cursor, offers, from, to, (label) =>
		hasValue ? JSON.stringify(label) : `${JSON.stringify(label)}: ${begins.get(label) ?? ''}`,
	);
}

function written(
	cursor: Cursor,
	offers: Offer[],
	from: number,
	to: number,
	insert: (label: string) => string,
): Completion | null {
	const typed = cursor.text.slice(from, cursor.offset).replace(/^"/, '').toLowerCase();
	const starting = offers.filter(({ label }) => label.toLowerCase().startsWith(typed));
	const containing = offers.filter(({ label, detail, kind }) => {
		const read = kind === 'collection' ? `${label} ${detail}` : label;
		return !label.toLowerCase().startsWith(typed) && read.toLowerCase().includes(typed);
	});
	const choices = [...starting, ...containing].map(({ label, detail, kind }): Choice => ({
		label,
		detail,
		kind,
		insert: insert(label),
	}));
	return choices.length > 0 ? { from, to, choices } : null;
}

/** The rest of the name that the cursor is in. */
function endOfWord({ text, offset, string }: Cursor): number {
	const rest = text.slice(offset, string ? string.end : offset);
	return offset + (/^[\w:$-]*/.exec(rest)?.[0].length ?? 0);
}

/** The string that the cursor is in; a quote that was never closed ends with its line. */
function stringAround(text: string, offset: number): Cursor['string'] {
	const line = text.lastIndexOf('\n', offset - 1) + 1;
	let start = -1;
	for (let at = line; at < offset; at++) {
		if (text[at] === '\\' && start >= 0) at++;
		else if (text[at] === '"') start = start < 0 ? at : -1;
	}
	if (start < 0) return null;
	for (let at = offset; at < text.length && text[at] !== '\n'; at++) {
		if (text[at] === '\\') at++;
		else if (text[at] === '"') return { start, end: at + 1, closed: true };
	}
	return { start, end: offset + (/^[\w.:$-]*/.exec(text.slice(offset))?.[0].length ?? 0), closed: false };
}

function collectionOf(text: string, index: number): string {
	const root = parseTree(text);
	for (const key of ['collection', 'name']) {
		const value: unknown = root && findNodeAtLocation(root, [index, key])?.value;
		if (typeof value === 'string') return value;
	}
	return '';
}
