import type { Snapshot } from '../../../contract/bundle.js';
import type { Change } from '../../../contract/plan.js';
import { fieldName } from './schema-changes.js';
import { part } from './schema-vendors.js';

/** One difference as `deep-diff` tells it and Directus applies it: new, deleted, edited, a list's entry. */
export interface DeepDifference {
	kind: 'N' | 'D' | 'E' | 'A';
	path?: (string | number)[];
	lhs?: unknown;
	rhs?: unknown;
	index?: number;
	item?: unknown;
}

interface Differences {
	collection: string;
	diff: DeepDifference[];
}
type FieldDifferences = Differences & { field: string };

/** What Directus' `SchemaService.diff()` gives and `apply()` takes. */
export interface SnapshotDiff {
	collections: Differences[];
	fields: FieldDifferences[];
	systemFields?: FieldDifferences[];
	relations: (FieldDifferences & { related_collection: string | null })[];
}

type Entry = Snapshot['collections'][number];
type FieldEntry = Snapshot['fields'][number];
type Relation = Snapshot['relations'][number];

/**
 * The snapshot that an instance is to have: its own, with the planned changes made and nothing else. Given to Directus'
 * diff instead of the wanted one, deletions that were kept, parts that were not chosen and other vendors' words for the
 * same thing make no differences there.
 */
export function plannedSnapshot(current: Snapshot, wanted: Snapshot, changes: readonly Change[]): Snapshot {
	const steps = stepsOf(changes);
	const systemFields = (current.systemFields ?? []).filter(
		(field) => changeOf(steps, 'fields', fieldName(field))?.fields[0]?.to !== false,
	);
	const present = new Set(systemFields.map(fieldName));
	const indexes = (wanted.systemFields ?? []).filter(
		(field) => !present.has(fieldName(field)) && changeOf(steps, 'fields', fieldName(field))?.fields[0]?.to === true,
	);
	const withPlan = <Item extends Entry>(kind: 'collections' | 'fields' | 'relations', name: (item: Item) => string) => {
		return (currentItems: Item[], wantedItems: Item[]): Item[] => {
			const wantedBy = new Map(wantedItems.map((entry) => [name(entry), entry]));
			const names = new Set(currentItems.map(name));
			const kept = currentItems.flatMap((entry) => {
				const to = wantedBy.get(name(entry));
				if (to && steps.has(stepKey(kind, name(entry), 'create'))) return [to];
				if (steps.has(stepKey(kind, name(entry), 'delete'))) return [];
				const update = steps.get(stepKey(kind, name(entry), 'update'));
				return [update && to ? withFields(entry, to, update) : entry];
			});
			const added = wantedItems.filter(
				(entry) => !names.has(name(entry)) && steps.has(stepKey(kind, name(entry), 'create')),
			);
			return [...kept, ...added];
		};
	};
	const collections = withPlan<Entry>('collections', ({ collection }) => collection)(
		current.collections,
		wanted.collections,
	);
	const dropped = new Set(current.collections.map(({ collection }) => collection));
	for (const { collection } of collections) dropped.delete(collection);
	const stays = ({ collection }: Entry) => !dropped.has(collection);
	return {
		...current,
		collections,
		fields: withPlan<FieldEntry>('fields', fieldName)(current.fields.filter(stays), wanted.fields),
		relations: withPlan<Relation>('relations', fieldName)(current.relations.filter(stays), wanted.relations),
		...(current.systemFields || indexes.length > 0 ? { systemFields: [...systemFields, ...indexes] } : {}),
	};
}

/**
 * A raw difference as Directus 11 and 12 may safely be told to apply it: exactly the plan's steps.
 * - Only what the plan contains is left.
 * - What an entry that stays has gained or lost becomes an edit of its `meta`, `type` or column. Directus reads a
 *   missing property that happens to come first as the end of the whole collection, and drops its table (#27877).
 * @param current the snapshot that the difference was computed from
 * @param planned of `plannedSnapshot`
 */
export function normaliseSnapshotDiff(
	raw: SnapshotDiff,
	{ current, planned, changes }: { current: Snapshot; planned: Snapshot; changes: readonly Change[] },
): SnapshotDiff {
	const steps = stepsOf(changes);
	const clean = <Item extends Entry, Found extends Differences>(
		kind: 'collections' | 'fields' | 'relations',
		name: (entry: { collection: string; field: string }) => string,
		sides: [Item[], Item[]],
	) => {
		const keyed = (entries: Item[]) => new Map(entries.map((entry) => [name(withField(entry)), entry]));
		const [before, after] = [keyed(sides[0]), keyed(sides[1])];
		return (list: Found[]): Found[] =>
			list.flatMap((entry): Found[] => {
				const key = name(withField(entry));
				const whole = entry.diff.find(
					({ path, kind: what }) => (path ?? []).length === 0 && (what === 'N' || what === 'D'),
				);
				if (whole) {
					const planned = steps.has(stepKey(kind, key, whole.kind === 'N' ? 'create' : 'delete'));
					return planned ? [{ ...entry, diff: [whole] }] : [];
				}
				const [from, to] = [before.get(key), after.get(key)];
				if (!from || !to || !steps.has(stepKey(kind, key, 'update'))) return [];
				const diff = edits(from, to);
				return diff.length > 0 ? [{ ...entry, diff }] : [];
			});
	};
	const systemFields = (raw.systemFields ?? []).filter((field) => changeOf(steps, 'fields', fieldName(field)));
	return {
		collections: clean<Entry, Differences>('collections', ({ collection }) => collection, [
			current.collections,
			planned.collections,
		])(raw.collections),
		fields: clean<FieldEntry, FieldDifferences>('fields', fieldName, [current.fields, planned.fields])(raw.fields),
		systemFields: systemFields.filter(({ diff }) => diff.every(({ kind }) => kind === 'E')),
		relations: clean<Relation, SnapshotDiff['relations'][number]>('relations', fieldName, [
			current.relations,
			planned.relations,
		])(raw.relations),
	};
}

const withField = (entry: { collection: string; field?: unknown }): { collection: string; field: string } => ({
	collection: entry.collection,
	field: typeof entry.field === 'string' ? entry.field : '',
});

/** Edits that turn one entry into the other: `meta` as a whole, a column property by property. */
function edits(from: Entry, to: Entry): DeepDifference[] {
	const edit = (path: string[], lhs: unknown, rhs: unknown): DeepDifference[] =>
		JSON.stringify(lhs ?? null) === JSON.stringify(rhs ?? null)
			? []
			: [{ kind: 'E', path, lhs: lhs ?? null, rhs: rhs ?? null }];
	const column =
		from['schema'] && to['schema']
			? [...new Set([...Object.keys(part(from['schema'])), ...Object.keys(part(to['schema']))])].flatMap((key) =>
					edit(['schema', key], part(from['schema'])[key], part(to['schema'])[key]),
				)
			: edit(['schema'], from['schema'], to['schema']);
	return [
		...edit(['meta'], from['meta'], to['meta']),
		...edit(['type'], from['type'], to['type']),
		...edit(['related_collection'], from['related_collection'], to['related_collection']),
		...column,
	];
}

/** An entry with the planned properties of another: `type`, `meta.options`, `schema.is_nullable`. */
function withFields<Item extends Entry>(entry: Item, wanted: Item, { fields }: Change): Item {
	const result: Entry & Record<string, unknown> = { ...entry };
	for (const { field } of fields) {
		const [top = field, second] = field.split(/[.[]/);
		if (second === undefined) result[top] = wanted[top];
		else result[top] = { ...part(result[top]), [second]: part(wanted[top])[second] };
	}
	// A column of another type is described by the wanted one: its length and precision belong to it.
	if (fields.some(({ field }) => field === 'type') && wanted['schema']) {
		result['schema'] = { ...part(result['schema']), ...part(wanted['schema']) };
	}
	return result as Item;
}

const stepKey = (kind: string, name: string, action: string): string => `${action} ${kind}:${name}`;

const stepsOf = (changes: readonly Change[]): Map<string, Change> =>
	new Map(
		changes
			.filter(({ kept, action }) => !kept && action !== 'none')
			.map((change) => [stepKey(change.kind, change.sync_id, change.action), change]),
	);

/** The planned change of an index on one of Directus' own fields. */
const changeOf = (steps: Map<string, Change>, kind: string, name: string): Change | undefined =>
	steps.get(stepKey(kind, name, 'update'));
