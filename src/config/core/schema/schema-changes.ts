import type { Snapshot } from '../../../contract/bundle.js';
import { diffValues } from '../plan/diff-values.js';
import type { Change, FieldChange } from '../../../contract/plan.js';
import type { PlanOptions } from '../plan/plan-options.js';
import { differs, PORTABLE_PROPERTIES, portableProperty } from './portable-column.js';
import { commonRule, part, vendorFamily } from './schema-vendors.js';

type Entry = Record<string, unknown> & { collection: string };
type FieldEntry = Entry & { field: string };

/** `version` of a snapshot that only speaks of the collections that it names. */
const PARTIAL = 2;

/** What says where an entry is or how it is numbered, and nothing about the schema. */
const PLACES = new Set(['collection', 'field', 'related_collection', 'name', 'children', 'fields']);
const META_PLACES = new Set(['id', 'system', 'collection', 'field']);

/**
 * What would become of a schema, entry by entry; in no particular order.
 * A property that the wanted snapshot does not mention is left alone. What a collection takes with it when it is dropped
 * is not listed again.
 * @param wanted in the target's words, of `schemaFor`
 */
export function schemaChanges(
	current: Snapshot,
	wanted: Snapshot,
	options: PlanOptions,
): { changes: Change[]; none: number } {
	const changes: Change[] = [];
	const compared: Compared = {
		changes,
		none: 0,
		vendor: vendorFamily(current.vendor),
		replaced: new Set(),
		kept: options.additive === true,
	};
	const recorded = options.recorded_schema && new Set(options.recorded_schema);
	const scope = wanted.version === PARTIAL ? new Set(wanted.collections.map(({ collection }) => collection)) : null;
	const chosen = new Set(options.select?.elements ?? []);
	const isKept = (name: string, kind: Change['kind'], id: string) =>
		options.additive === true || (isUntracked(name) && options.mirror !== true && !chosen.has(`${kind}:${id}`));
	const isUntracked = (name: string) => recorded !== undefined && !recorded.has(name);

	const before = indexed(current.collections, ({ collection }) => collection);
	const after = indexed(wanted.collections, ({ collection }) => collection);
	const deleted = new Set<string>();
	for (const [name, entry] of after)
		compareEntry(compared, { kind: 'collections', name, from: before.get(name), to: entry });
	for (const [name, entry] of before) {
		if (after.has(name) || (scope && !scope.has(name))) continue;
		deleted.add(name);
		changes.push({
			...deletion('collections', name, entry),
			risk: isUntracked(name) ? ['untracked'] : [],
			kept: isKept(name, 'collections', name),
		});
	}

	for (const kind of ['fields', 'relations'] as const) {
		const was = indexed<FieldEntry>(current[kind], fieldName);
		const becomes = indexed<FieldEntry>(wanted[kind], fieldName);
		for (const [name, entry] of becomes) compareEntry(compared, { kind, name, from: was.get(name), to: entry });
		for (const [name, entry] of was) {
			if (becomes.has(name) || deleted.has(entry.collection) || (scope && !scope.has(entry.collection))) continue;
			// A relation goes and stays with its field.
			const recordedAs = kind === 'fields' || before.has(entry.collection) ? name : entry.collection;
			changes.push({
				...deletion(kind, name, entry),
				risk: isUntracked(recordedAs) ? ['untracked'] : [],
				kept: isKept(recordedAs, kind, name),
			});
		}
	}
	changes.push(...systemIndexes(current, wanted));
	return { changes, none: compared.none };
}

interface Compared {
	changes: Change[];
	none: number;
	vendor: string;
	/** Fields whose column is made anew. */
	replaced: Set<string>;
	/** Whether nothing may be deleted, not even to be replaced. */
	kept: boolean;
}

interface Pair {
	kind: 'collections' | 'fields' | 'relations';
	name: string;
	from: Entry | undefined;
	to: Entry;
}

function compareEntry(compared: Compared, { kind, name, from, to }: Pair): void {
	if (!from) {
		compared.changes.push({ ...blank(kind, name), action: 'create', fields: created(to) });
		return;
	}
	if (isReplaced(compared, { kind, name, from, to })) {
		const { kept } = compared;
		if (kind === 'fields') compared.replaced.add(name);
		compared.changes.push(
			{ ...deletion(kind, name, from), kept },
			{ ...blank(kind, name), action: 'create', fields: created(to), kept },
		);
		return;
	}
	const fields = [
		...typeChange(from, to),
		...relatedChange(kind, from, to),
		...metaChanges(from, to),
		...columnChanges(compared, { kind, from, to }),
	];
	if (fields.length === 0) compared.none++;
	else compared.changes.push({ ...blank(kind, name), action: 'update', fields });
}

/** Whether a column has to be dropped and made again; its relation goes and comes with it. */
function isReplaced({ replaced }: Compared, { kind, name, from, to }: Pair & { from: Entry }): boolean {
	if (kind === 'relations') return replaced.has(name);
	return kind === 'fields' && isMadeAnew(from, to);
}

/** Whether a field's column is made anew, and empty. */
export function isMadeAnew(from: Record<string, unknown>, to: Record<string, unknown>): boolean {
	if (to['type'] === undefined || from['type'] === to['type']) return false;
	// Directus cannot make a column of an alias, nor the reverse.
	if (from['type'] === 'alias' || to['type'] === 'alias') return true;
	// What points to another kind of key points to nothing that was there: no database turns a number into a UUID.
	const pointsTo = part(to['schema'])['foreign_key_table'];
	return typeof pointsTo === 'string' && pointsTo !== '' && isNumber(from['type']) !== isNumber(to['type']);
}

const isNumber = (type: unknown): boolean => type === 'integer' || type === 'bigInteger';

function typeChange(from: Entry, to: Entry): FieldChange[] {
	if (to['type'] === undefined || from['type'] === to['type']) return [];
	return [{ field: 'type', from: from['type'], to: to['type'] }];
}

function relatedChange(kind: Pair['kind'], from: Entry, to: Entry): FieldChange[] {
	const [was, becomes] = [from['related_collection'] ?? null, to['related_collection'] ?? null];
	return kind === 'relations' && was !== becomes ? [{ field: 'related_collection', from: was, to: becomes }] : [];
}

function metaChanges(from: Entry, to: Entry): FieldChange[] {
	if (to['meta'] === undefined) return [];
	if (!from['meta'] || !to['meta']) return diffValues('meta', from['meta'] ?? null, to['meta']);
	const [was, becomes] = [part(from['meta']), part(to['meta'])];
	return Object.keys(becomes)
		.filter((key) => !META_PLACES.has(key))
		.flatMap((key) => diffValues(`meta.${key}`, was[key] ?? null, becomes[key] ?? null));
}

function columnChanges(
	{ vendor }: Compared,
	{ kind, from, to }: { kind: Pair['kind']; from: Entry; to: Entry },
): FieldChange[] {
	if (to['schema'] === undefined) return [];
	const [was, becomes] = [from['schema'] ?? null, to['schema']];
	// A folder has no table, an alias no column, a relation across databases no constraint.
	if (was === null || becomes === null) return was === becomes ? [] : [{ field: 'schema', from: was, to: becomes }];
	const [column, wanted] = [part(was), part(becomes)];
	if (kind === 'collections') return [];
	if (kind === 'relations') {
		// Whatever else a constraint has is the database's own business.
		return ['on_update', 'on_delete'].flatMap((key) => {
			if (!(key in wanted)) return [];
			const [a, b] = [column[key] ?? null, wanted[key] ?? null];
			return commonRule(a) === commonRule(b) ? [] : [{ field: `schema.${key}`, from: a, to: b }];
		});
	}
	return PORTABLE_PROPERTIES.flatMap((key) => {
		if (!(key in wanted)) return [];
		const [a, b] = [portableProperty(key, from, vendor), portableProperty(key, to, vendor)];
		return !differs(key, a, b) ? [] : [{ field: `schema.${key}`, from: column[key] ?? null, to: wanted[key] ?? null }];
	});
}

/** Indexes on fields of Directus' own: a snapshot lists those that have one. */
function systemIndexes(current: Snapshot, wanted: Snapshot): Change[] {
	if (!wanted.systemFields) return [];
	const indexedFields = (snapshot: Snapshot) =>
		new Set(
			(snapshot.systemFields ?? []).filter((field) => part(field['schema'])['is_indexed'] !== false).map(fieldName),
		);
	const [before, after] = [indexedFields(current), indexedFields(wanted)];
	return [...new Set([...before, ...after])]
		.filter((name) => before.has(name) !== after.has(name) && (after.has(name) || !isOwnIndex(name, current)))
		.map((name) => ({
			...blank('fields', name),
			action: 'update' as const,
			fields: [{ field: 'schema.is_indexed', from: before.has(name), to: after.has(name) }],
		}));
}

/** Indexes that come with Directus, on columns without which it gets slow. */
const OWN_INDEXES =
	/^(directus_(activity\.timestamp|revisions\.(activity|parent))|directus_(oauth_\w+|sessions)\.\w+)$/;

/** Whether an index came with Directus: no dump makes it go. MySQL has one for each foreign key, and needs it. */
const isOwnIndex = (name: string, { vendor }: Snapshot): boolean =>
	OWN_INDEXES.test(name) || vendorFamily(vendor) === 'mysql';

const created = (entry: Entry): FieldChange[] =>
	Object.keys(entry)
		.filter(
			(key) => (!PLACES.has(key) || key === 'related_collection') && entry[key] !== null && entry[key] !== undefined,
		)
		.map((field) => ({ field, from: undefined, to: entry[field] }));

const deletion = (kind: Pair['kind'], name: string, entry: Entry): Change => ({
	...blank(kind, name),
	action: 'delete',
	fields: created(entry).map(({ field, to }) => ({ field, from: to, to: undefined })),
});

const blank = (kind: Pair['kind'], name: string): Omit<Change, 'action' | 'fields'> => ({
	kind,
	sync_id: name,
	name,
	risk: [],
	local_id: null,
	after: [],
	completes: false,
	kept: false,
	impact: [],
});

export const fieldName = ({ collection, field }: { collection: string; field: string }): string =>
	`${collection}.${field}`;

const indexed = <Item>(entries: Item[], name: (entry: Item) => string): Map<string, Item> =>
	new Map(entries.map((entry) => [name(entry), entry]));
