import type { Snapshot } from '../../../contract/bundle.js';
import type { ColumnShape } from './column-values.js';
import { sameJson } from '../plan/diff-values.js';
import { isRecord } from '../../../kernel/core/is-record.js';
import {
	countsItself,
	differs,
	isKey,
	isLength,
	isName,
	PORTABLE_PROPERTIES,
	portableProperty,
	portableType,
	shapeOf,
} from './portable-column.js';
import { canHaveDefault, inWordsOf } from './portable-default.js';
import { part, vendorFamily } from './schema-vendors.js';

/**
 * The one form in which schemas are compared and written, whatever database and Directus they were taken from. A
 * snapshot describes columns in the words of its database, and holds some things that Directus reads but cannot create.
 * What two databases cannot both say is left out of a comparison; what is written is said as the target says it.
 */

type FieldEntry = Snapshot['fields'][number];

/** Flags that Directus itself adds to `special`: how a database stores a type. They are not the model's. */
const FLAGS = new Set(['cast-json', 'cast-timestamp', 'cast-datetime']);

/** The flag that Directus needs to recognise a type on a database. */
const flagFor = (type: unknown, vendor: string): string | null =>
	type === 'json' ? 'cast-json' : type === 'timestamp' && vendor === 'sqlite' ? 'cast-timestamp' : null;

/** `special` without what depends on the database. */
function portableSpecial(special: unknown): string[] | null {
	if (!Array.isArray(special)) return null;
	const names = special.filter((name): name is string => typeof name === 'string' && !FLAGS.has(name));
	return names.length > 0 ? names : null;
}

/** `special` as a database needs it. */
function specialFor(special: unknown, type: unknown, vendor: string): string[] | null {
	const flag = flagFor(type, vendor);
	const names = [...(portableSpecial(special) ?? []), ...(flag === null ? [] : [flag])];
	return names.length > 0 ? names : null;
}

/** Whether two fields are of one type, each in the words of its own database. */
function sameFieldType(current: FieldEntry, wanted: FieldEntry, { from, to }: Vendors): boolean {
	const [a, b] = [portableType(current), portableType(wanted)];
	if (a === b || b === undefined) return true;
	const columns = [part(current['schema']), part(wanted['schema'])];
	const among = (...types: string[]) => types.includes(String(a)) && types.includes(String(b));
	// How far a database counts is its own business: SQLite knows one kind of integers, and Directus reads MySQL's
	// unsigned ones as another type than it made.
	if (among('integer', 'bigInteger') && columns.every(isKey) && (from !== to || columns.some(countsItself)))
		return true;
	// SQLite has no decimals, and no column for a UUID; MySQL neither.
	if (among('float', 'decimal')) return [from, to].includes('sqlite');
	return among('string', 'uuid', 'hash') && from !== to;
}

/**
 * A schema as the target itself would say it, so that the two can be compared and the one written: what both say in
 * other words is said in the target's; parts that nobody manages yet are managed; keys of `meta` that the target's
 * Directus does not have are left out.
 */
export function schemaFor(wanted: Snapshot, current: Snapshot): Snapshot {
	const known = translated.get(wanted);
	if (known?.current === current) return known.schema;
	const schema = translate(wanted, current);
	translated.set(wanted, { current, schema });
	return schema;
}

/** The facts that a plan needs are looked up before it is made, by the same translation of some thousand columns. */
const translated = new WeakMap<Snapshot, { current: Snapshot; schema: Snapshot }>();

function translate(wanted: Snapshot, current: Snapshot): Snapshot {
	const vendors = { from: vendorFamily(wanted.vendor), to: vendorFamily(current.vendor) };
	const known = {
		collections: metaKeys('collections', current),
		fields: metaKeys('fields', current),
		relations: metaKeys('relations', current),
	};
	const withMeta = <Item extends Record<string, unknown>>(
		kind: keyof typeof known,
		entry: Item,
		counterpart: Item | undefined,
	): Item => {
		const meta = entry['meta'];
		// What has no meta is not managed, and Directus would not show it again.
		if (meta === null || (meta === undefined && !counterpart?.['meta'])) return { ...entry, meta: {} };
		const keys = known[kind];
		if (!isRecord(meta) || keys === null || Object.keys(meta).every((key) => keys.has(key))) return entry;
		return { ...entry, meta: Object.fromEntries(Object.entries(meta).filter(([key]) => keys.has(key))) };
	};
	const collections = new Map(current.collections.map((entry) => [entry.collection, entry]));
	const fields = new Map(current.fields.map((entry) => [fieldKey(entry), entry]));
	const relations = new Map(current.relations.map((entry) => [fieldKey(entry), entry]));
	return {
		...wanted,
		...(current.vendor === undefined ? {} : { vendor: current.vendor }),
		collections: wanted.collections.map((entry) => withMeta('collections', entry, collections.get(entry.collection))),
		fields: wanted.fields.map((entry) => {
			const own = fields.get(fieldKey(entry));
			return fieldFor(withMeta('fields', entry, own), own, vendors);
		}),
		relations: wanted.relations.map((entry) => withMeta('relations', entry, relations.get(fieldKey(entry)))),
		systemFields: knowsSameIndexes(wanted, current) ? wanted.systemFields : undefined,
	};
}

/** Which of Directus' own fields have an index depends on its version, and on whether the database adds some by itself. */
const knowsSameIndexes = (a: Snapshot, b: Snapshot): boolean =>
	a.directus === b.directus && vendorFamily(a.vendor) === vendorFamily(b.vendor);

const fieldKey = ({ collection, field }: { collection: string; field: string }): string => `${collection}.${field}`;

interface Vendors {
	from: string;
	to: string;
}

function fieldFor(field: FieldEntry, current: FieldEntry | undefined, vendors: Vendors): FieldEntry {
	const same = current !== undefined && sameFieldType(current, field, vendors);
	const type = same ? current['type'] : portableType(field);
	const result: FieldEntry = { ...field };
	if (type !== undefined) result['type'] = type;
	const column = field['schema'];
	if (isRecord(column)) {
		const known = same && isRecord(current['schema']) ? current : undefined;
		result['schema'] = { ...part(current?.['schema']), ...columnFor(field, known, vendors) };
	}
	const meta = field['meta'];
	const special = isRecord(meta) && 'special' in meta ? meta['special'] : part(current?.['meta'])['special'];
	if (!isRecord(meta) || (!('special' in meta) && (same || type === undefined))) return result;
	const was = part(current?.['meta'])['special'];
	const unchanged = same && sameJson(portableSpecial(was), portableSpecial(special));
	result['meta'] = { ...meta, special: unchanged ? (was ?? null) : specialFor(special, type, vendors.to) };
	return result;
}

/** What a field says of its column, in the target's words; `here` where the target has a column of that type. */
function columnFor(field: FieldEntry, current: FieldEntry | undefined, { from, to }: Vendors): Record<string, unknown> {
	const column = { ...part(field['schema']) };
	for (const key of PORTABLE_PROPERTIES) {
		if (!(key in column)) continue;
		const wanted = portableProperty(key, field, from);
		const value = current && portableProperty(key, current, to);
		const known = part(current?.['schema'])[key];
		// Whether a foreign key brings an index along is the database's own business.
		const isImplied = key === 'is_indexed' && from !== to && isName(column['foreign_key_table']);
		if (isImplied) {
			column[key] = known ?? false;
			continue;
		}
		if (key === 'default_value' && !canHaveDefault(portableType(field), to)) column[key] = known ?? null;
		else if (current && !differs(key, value, wanted)) column[key] = known ?? null;
		else if (key === 'default_value')
			column[key] = wanted === undefined ? (from === to ? column[key] : null) : inWordsOf(wanted, to);
		else if (key === 'max_length' && !isLength(wanted)) column[key] = null;
	}
	// What one database calls a type means nothing to another.
	if (current || from !== to) delete column['data_type'];
	// Where rows are counted, and how a value is made, Directus cannot change.
	if (current) for (const key of ['has_auto_increment', 'is_generated', 'generation_expression']) delete column[key];
	return column;
}

/** A key of `meta` that every entry of a kind has that Directus gives. */
const ALWAYS = { collections: 'accountability', fields: 'conditions', relations: 'one_deselect_action' };

/** The keys that the `meta` of a kind has on an instance; null where there is nothing to tell by. */
function metaKeys(kind: keyof typeof ALWAYS, snapshot: Snapshot): Set<string> | null {
	const complete = snapshot[kind].map(({ meta }) => meta).find((meta) => isRecord(meta) && ALWAYS[kind] in meta);
	return isRecord(complete) ? new Set(Object.keys(complete)) : null;
}

/** For a field that both sides have: its present column and the wanted one. */
export function columnSides(current: Snapshot | null, wanted: Snapshot | null) {
	const vendor = vendorFamily(current?.vendor);
	const [before, after] = [current, wanted].map(
		(schema) => new Map(schema?.fields.map((field) => [fieldKey(field), field])),
	);
	return (name: string): { from: ColumnShape; to: ColumnShape; vendor: string } | null => {
		const [from, to] = [before?.get(name), after?.get(name)];
		if (!from || !to || !isRecord(from['schema']) || to['schema'] === null) return null;
		const becomes = { ...from, ...to, schema: { ...from['schema'], ...part(to['schema']) } };
		return { from: shapeOf(from), to: shapeOf(becomes), vendor };
	};
}
