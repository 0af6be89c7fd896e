import { ELEMENT_KINDS, type Bundle, type Moved, type Snapshot } from '../contract/bundle.js';
import { bundleOf, type BundleChoice } from './core/elements/bundle-of.js';
import { keepsEveryValue } from './core/schema/column-values.js';
import { inSchemaOrder } from './core/elements/element-order.js';
import { withoutOwn } from './core/elements/own-parts.js';
import { planConfig } from './core/plan/plan-config.js';
import type { PlanFacts, PlanOptions } from './core/plan/plan-options.js';
import type { ConfigIssue, Plan } from '../contract/plan.js';
import { columnSides, schemaFor } from './core/schema/portable-schema.js';
import { fieldName, isMadeAnew } from './core/schema/schema-changes.js';
import { movedState } from './core/moves/move-bundle.js';
import { contradictions, plannedMoves, renamedBy, reversed, type Move } from './core/moves/move-names.js';
import { moveSteps } from './core/moves/move-steps.js';
import { part } from './core/schema/schema-vendors.js';
import { isRecord } from '../kernel/core/is-record.js';
import type { Planned } from './apply-plan.js';
import type { ConfigReader } from './ports.js';

/** What an instance is to become, and how. */
export interface Wish {
	/** From outside and checked, or made from what is there. */
	wish(found: CurrentConfig): { wanted: Bundle; options: PlanOptions };
	choice: Pick<BundleChoice, 'syncPolicyRoles' | 'preserveIds' | 'own'>;
	/** What gets another name first; `found` is then as it is after that. */
	moved?: readonly Moved[];
	/** The role of the admin who asks. */
	role: string | null;
	/** Keys that elements shall have which are created, by `kind:syncId`. */
	localIds?: ReadonlyMap<string, string>;
}

/** What is there, and the SyncIDs that were made up for what nothing has recorded. */
export type CurrentConfig = Pick<Planned, 'state' | 'current' | 'newIds'>;

/** Reads what is there, and plans what would have to be done. */
export async function planWish(
	reader: ConfigReader,
	wish: Wish,
	newId: () => string,
): Promise<Planned & { issues: ConfigIssue[]; warnings: ConfigIssue[] }> {
	const { choice } = wish;
	const before = await reader.state({ own: choice.own, role: wish.role });
	const { moves, issues: impossible } = plannedMoves(wish.moved ?? [], before.snapshot);
	const read = movedState(before, moves);
	const made = moveSteps(before, moves);
	const present = formerNames(reader, moves);
	const taken = bundleOf(read, { ...choice, kinds: ELEMENT_KINDS, schema: true }, newId);
	const { newIds } = taken;
	const { wanted: given, options } = wish.wish({ state: read, current: taken.bundle, newIds });
	const chosen = withChosenParts(given, choice);
	const snapshot = await withUnmanaged(present, read.snapshot, chosen.schema);
	const state = snapshot === read.snapshot ? read : { ...read, snapshot };
	const current = snapshot === read.snapshot ? taken.bundle : { ...taken.bundle, schema: inSchemaOrder(snapshot) };
	const recorded = (await reader.recordedSchema())?.map((name) => renamedBy(name, moves));
	const { plan, wanted, issues, warnings } = planConfig({
		state,
		current,
		newIds,
		wanted: chosen,
		options: {
			...options,
			preserve_ids: choice.preserveIds,
			...(recorded ? { recorded_schema: recorded } : {}),
			moves: made.map(({ change }) => change),
			facts: await gatherFacts(present, current, chosen),
		},
	});
	const contradicted = chosen.schema ? contradictions(moves, chosen.schema) : [];
	return {
		state,
		current,
		newIds,
		wanted,
		plan,
		preserveIds: choice.preserveIds,
		issues: [...impossible, ...contradicted, ...issues],
		warnings: [...made.flatMap(({ notes }) => notes), ...warnings],
		moves,
		moveSteps: made.map(({ change, step }) => ({ step, changes: [change] })),
		unmoved: { rows: before.rows, snapshot: before.snapshot },
	};
}

/** Asks about tables and columns by the names that they have before moves. */
function formerNames(reader: ConfigReader, moves: readonly Move[]): ConfigReader {
	if (moves.length === 0) return reader;
	const back = reversed(moves);
	const table = (name: string) => renamedBy(name, back);
	const place = ({ collection, field }: { collection: string; field: string }) => {
		const former = renamedBy(`${collection}.${field}`, back);
		return { collection: table(collection), field: former.slice(former.indexOf('.') + 1) };
	};
	return {
		...reader,
		countValues(collection, field) {
			return reader.countValues(table(collection), field === null ? null : place({ collection, field }).field);
		},
		countDuplicates: (collection, field) =>
			reader.countDuplicates(table(collection), place({ collection, field }).field),
		countDangling: (from, to) => reader.countDangling(place(from), place(to)),
		tryConversion: (from, to) => reader.tryConversion(place(from), to),
	};
}

/** Without what is not to be compared. */
function withChosenParts(bundle: Bundle, { own, syncPolicyRoles }: Wish['choice']): Bundle {
	const mine = own ? bundle : withoutOwn(bundle);
	const { policies } = mine.elements;
	if (syncPolicyRoles || !policies) return mine;
	return {
		...mine,
		elements: { ...mine.elements, policies: policies.map((policy) => ({ ...policy, roles: undefined })) },
	};
}

/** With more values than this, trying the conversion takes as long as doing it. */
const MOST_TRIED = 1_000_000;

/** Counts for what may be deleted, or may not fit: those are looked up for little, and all others not at all. */
async function gatherFacts(reader: ConfigReader, current: Bundle, wanted: Bundle): Promise<PlanFacts> {
	const rowsOf: Record<string, number> = {};
	const valuesOf: Record<string, number> = {};
	const emptyOf: Record<string, number> = {};
	const duplicatesOf: Record<string, number> = {};
	const unfitOf: Record<string, string> = {};
	const facts: PlanFacts = { rowsOf, valuesOf, emptyOf, duplicatesOf, unfitOf, ...(await reader.countUsers()) };
	if (!wanted.schema || !current.schema) return facts;
	const schema = schemaFor(wanted.schema, current.schema);
	const collections = new Set(schema.collections.map(({ collection }) => collection));
	const fields = new Map(schema.fields.map((field) => [fieldName(field), field]));
	const sides = columnSides(current.schema, schema);
	const countRows = async (collection: string) => (rowsOf[collection] ??= await reader.countValues(collection, null));
	for (const { collection, schema: table } of current.schema.collections)
		if (!collections.has(collection) && table) await countRows(collection);
	const present = new Set<string>();
	for (const field of current.schema.fields) {
		const name = fieldName(field);
		present.add(name);
		const { collection } = field;
		if (!collections.has(collection) || !isRecord(field['schema'])) continue;
		const [becomes, side] = [fields.get(name), sides(name)];
		if (!becomes || becomes['type'] !== field['type'] || (side && !keepsEveryValue(side.from, side.to, side.vendor)))
			valuesOf[name] = await reader.countValues(collection, field.field);
		const values = valuesOf[name] ?? 0;
		if (becomes && side && values > 0 && values <= MOST_TRIED && !isMadeAnew(field, becomes)) {
			const { type, length = null, precision = null, scale = null } = side.to;
			const refusal = await reader.tryConversion(
				{ collection, field: field.field },
				{ type, length, precision, scale },
			);
			if (refusal !== null) unfitOf[name] = refusal;
		}
		const isUnique = part(becomes?.['schema'])['is_unique'] === true;
		if (isUnique && field['schema']['is_unique'] === false && field['schema']['is_primary_key'] !== true)
			duplicatesOf[name] = await reader.countDuplicates(collection, field.field);
		if (becomes && field['schema']['is_nullable'] === true && part(becomes['schema'])['is_nullable'] === false)
			emptyOf[name] = (await countRows(collection)) - (await reader.countValues(collection, field.field));
	}
	facts.danglingOf = await countDangling(reader, current.schema, schema);
	const tables = new Set(current.schema.collections.map(({ collection }) => collection));
	const added = schema.fields.filter((field) => !present.has(fieldName(field)));
	for (const field of added) {
		const column = part(field['schema']);
		const hasDefault = (column['default_value'] ?? null) !== null;
		if (tables.has(field.collection) && (hasDefault ? column['is_unique'] === true : column['is_nullable'] === false))
			await countRows(field.collection);
	}
	if (added.some(({ type }) => String(type).startsWith('geometry'))) facts.geometry = await reader.knowsGeometry();
	return facts;
}

/** For existing columns that become references: rows whose value leads nowhere. */
async function countDangling(
	reader: ConfigReader,
	current: Snapshot,
	wanted: Snapshot,
): Promise<Record<string, number>> {
	const dangling: Record<string, number> = {};
	const types = new Map(current.fields.map((field) => [fieldName(field), field]));
	const becomes = new Map(wanted.fields.map((field) => [fieldName(field), field]));
	const before = new Map(current.relations.map((relation) => [fieldName(relation), relation]));
	const keys = new Map(
		[...wanted.fields, ...current.fields]
			.filter((field) => part(field['schema'])['is_primary_key'] === true)
			.map(({ collection, field }) => [collection, field]),
	);
	for (const relation of wanted.relations) {
		const { collection, field, related_collection: related } = relation;
		const name = fieldName(relation);
		const was = before.get(name);
		if (typeof related !== 'string' || (was && was['related_collection'] === related && was['schema'])) continue;
		const [from, to] = [types.get(name), becomes.get(name)];
		if (!from || !to || isMadeAnew(from, to)) continue;
		const key = related.startsWith('directus_') ? 'id' : (keys.get(related) ?? 'id');
		dangling[name] = await reader.countDangling({ collection, field }, { collection: related, field: key });
	}
	return dangling;
}

/**
 * Adds tables and columns that are in the database, but that Directus does not manage, as far as the wanted schema has
 * them: they are taken as they are, instead of being made again.
 */
async function withUnmanaged(reader: ConfigReader, snapshot: Snapshot, wanted: Snapshot | null): Promise<Snapshot> {
	if (!wanted) return snapshot;
	const managed = new Set(snapshot.collections.map(({ collection }) => collection));
	const present = new Set(snapshot.fields.map(fieldName));
	const missing = wanted.fields.filter(
		(field) => !present.has(fieldName(field)) && isRecord(field['schema']) && !field.collection.startsWith('directus_'),
	);
	if (missing.length === 0) return snapshot;
	const unmanaged = await reader.unmanaged(missing.map(({ collection, field }) => ({ collection, field })));
	const known = new Set(snapshot.relations.map(fieldName));
	const named = new Set(wanted.relations.map(fieldName));
	return {
		...snapshot,
		collections: [
			...snapshot.collections,
			...unmanaged.collections.filter(({ collection }) => !managed.has(collection)),
		],
		fields: [...snapshot.fields, ...unmanaged.fields],
		relations: [
			...snapshot.relations,
			...unmanaged.relations.filter((relation) => named.has(fieldName(relation)) && !known.has(fieldName(relation))),
		],
	};
}

/** Whether a plan changes anything. */
export const changesAnything = ({ changes, adoptions }: Plan): boolean =>
	adoptions.length > 0 || changes.some(({ kept, action }) => !kept && action !== 'none');
