import type { Row } from '../../../kernel/core/row.js';
import { isRecord } from '../../../kernel/core/is-record.js';
import { normaliserOf } from './normal-value.js';
import { idsFromWire, idsToWire } from './rewrite-ids.js';
import type { RowState, WireValue } from '../merge/row-state.js';
import { valuesOf } from '../merge/stamp-edits.js';
import type { SyncField, SyncModel } from '../rules/sync-model.js';
import type { Identities, MissingReference } from './identities.js';

const USERS = 'directus_users';

export interface ConvertedRow {
	values: Record<string, WireValue>;
	missing: MissingReference[];
}

type Convert = (value: unknown, row: Row, to: { identities: Identities; missing: MissingReference[] }) => WireValue;
type ToWire = (row: Row, identities: Identities) => ConvertedRow;

const compiled = new WeakMap<SyncModel, ToWire>();

/**
 * A row as the database or Directus gives it, in the form in which it travels and is compared. Fields that the row does
 * not have are left out: not read is not empty. Quick for many rows of one model: what is to be done is found out once.
 */
export function toWire(row: Row, model: SyncModel, identities: Identities): ConvertedRow {
	let convert = compiled.get(model);
	if (!convert) compiled.set(model, (convert = compileToWire(model)));
	return convert(row, identities);
}

function compileToWire(model: SyncModel): ToWire {
	const fields = [...model.fields.values()].flatMap((field): [string, Convert][] => {
		const convert = converterOf(field);
		return convert ? [[field.field, convert]] : [];
	});
	return (row, identities) => {
		const values: Record<string, WireValue> = {};
		const missing: MissingReference[] = [];
		const to = { identities, missing };
		for (const [field, convert] of fields) {
			const value = row[field];
			if (value !== undefined) values[field] = convert(value, row, to);
		}
		return { values, missing };
	};
}

/** Values that arrived, as Directus' services take them. Fields that the model does not have are left out. */
export function fromWire(values: Record<string, WireValue>, model: SyncModel, identities: Identities): ConvertedRow {
	const result: ConvertedRow = { values: {}, missing: [] };
	for (const [name, value] of Object.entries(values)) {
		const field = model.fields.get(name);
		if (!field) continue;
		if (field.kind === 'value') result.values[name] = readValue(field, value, result, identities);
		else readReference(field, value, result, identities);
	}
	return result;
}

function readValue(
	{ field, type }: SyncField,
	value: WireValue,
	{ missing }: ConvertedRow,
	identities: Identities,
): WireValue {
	if (type === 'float' && value !== null) return Number(value);
	// Directus writes a text into a JSON column as it is, JSON or not, and leaves other plain values to the driver.
	const written = (plain: WireValue): WireValue =>
		type === 'json' && plain !== null && typeof plain !== 'object' ? JSON.stringify(plain) : plain;
	if ((typeof value !== 'object' && typeof value !== 'string') || value === null) return written(value);
	// The sender lists the fields with rewritten ids, so no other text is mistaken for a sync id.
	const rewritten = idsFromWire({ [field]: value }, [field], identities);
	missing.push(...rewritten.missing);
	return written(rewritten.values[field]);
}

/** Ids inside a value as they travel. Those of what is not synced, or not there, stay as they are. */
function rewriting(normalise: (value: unknown) => WireValue, field: string, collections: ReadonlySet<string>): Convert {
	return (value, _row, { identities }) => {
		const syncId: Identities['syncId'] = (collection, key) =>
			collections.has(collection) ? identities.syncId(collection, key) : null;
		return idsToWire({ [field]: normalise(value) }, [field], { ...identities, syncId }).values[field];
	};
}

function converterOf(field: SyncField): Convert | null {
	const { field: name, kind, related, typeField } = field;
	if (kind === 'value') {
		const normalise = normaliserOf(field.type);
		return normalise && field.rewrites ? rewriting(normalise, name, field.rewrites) : normalise;
	}
	const refer: Convert = (value, row, { identities, missing }) => {
		const collection = kind === 'many-to-any' ? row[typeField ?? ''] : related;
		if (value === null || typeof collection !== 'string') return null;
		const key = String(value);
		const syncId = identities.syncId(collection, key);
		if (syncId === null) {
			missing.push({ field: name, collection, syncId: key });
			return null;
		}
		return kind === 'many-to-any' ? { $ref: syncId, of: collection } : { $ref: syncId };
	};
	if (kind !== 'user') return refer;
	return (value, _row, { identities }) =>
		value === null ? null : { $user: identities.userForm(String(value)) ?? `id:${String(value)}` };
}

function readReference(field: SyncField, value: WireValue, result: ConvertedRow, identities: Identities): void {
	const target = targetOf(field, value);
	result.values[field.field] = null;
	if (field.typeField !== null) result.values[field.typeField] = null;
	if (!target) return;
	const { collection, syncId } = target;
	const key = field.kind === 'user' ? identities.userId(syncId) : identities.localKey(collection, syncId);
	if (key === null) {
		result.missing.push({ field: field.field, collection, syncId });
		return;
	}
	result.values[field.field] = field.type === 'integer' ? Number(key) : key;
	if (field.typeField !== null) result.values[field.typeField] = collection;
}

/** Where a wire value of a reference leads; null where it leads nowhere. */
export function targetOf(field: SyncField, value: WireValue): { collection: string; syncId: string } | null {
	if (!isRecord(value)) return null;
	const collection = field.kind === 'many-to-any' ? value.of : field.kind === 'user' ? USERS : field.related;
	const syncId = field.kind === 'user' ? value.$user : value.$ref;
	return typeof collection === 'string' && typeof syncId === 'string' ? { collection, syncId } : null;
}

/** The fields of a row that lead somewhere, and where; none where the collection is not known here. */
export function targetsOf(
	state: RowState,
	fields: ReadonlyMap<string, SyncField> | undefined,
): { name: string; to: { collection: string; syncId: string } }[] {
	return Object.entries(valuesOf(state)).flatMap(([name, value]) => {
		const field = fields?.get(name);
		const to = field ? targetOf(field, value) : null;
		return to ? [{ name, to }] : [];
	});
}
