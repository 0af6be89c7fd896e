import type { Row } from '../../../kernel/core/row.js';
import { nameId } from './name-id.js';
import { normaliserOf } from '../wire/normal-value.js';
import type { WireValue } from '../merge/row-state.js';
import type { SyncField, SyncModel } from '../rules/sync-model.js';

/** What of a model says which rows of several instances are one. */
export type NamedModel = Pick<SyncModel, 'keyType' | 'singleton' | 'junction' | 'primary' | 'match'> &
	Partial<Pick<SyncModel, 'fields'>>;

/**
 * What makes a row the same on every instance before any of them has heard of it from another: the values of its match
 * fields, else a key that is content. Two rows of one name that are made at the same time get the same sync id, and are
 * one row from the beginning.
 */
export interface NaturalName {
	/** Its match fields; the key alone where there are none. */
	by: readonly string[];
	values: WireValue[];
}

/** null where nothing but its sync id tells a row from others. */
export function naturalName(model: NamedModel, key: string, row: Row): NaturalName | null {
	const { match = [], keyType, singleton, junction, primary, fields } = model;
	if (singleton || junction) return null;
	const values = match.map((name) =>
		name === primary ? keyAsContent(model, key) : plain(fields?.get(name), row[name]),
	);
	if (values.length > 0 && values.every(tells)) return { by: match, values };
	return keyType === 'text' ? { by: [primary], values: [key] } : null;
}

/**
 * Numbers and UUIDs are given to rows that mean other things; but where a rule finds rows by their numbers, it says that
 * they are of one origin.
 */
const keyAsContent = ({ keyType }: NamedModel, key: string): WireValue => (keyType === 'uuid' ? null : key);

/** Whether rows are found by their numbers: true of those that were there before, and of none that is made later. */
export const isFoundByNumber = ({ keyType, match = [], primary }: NamedModel): boolean =>
	keyType === 'integer' && match.includes(primary);

function plain(field: SyncField | undefined, value: unknown): WireValue {
	return field?.kind === 'value' ? (normaliserOf(field.type)?.(value) ?? null) : null;
}

/** Whether a value says which row is meant: what is empty does not. */
export const tells = (value: WireValue): boolean =>
	['string', 'number', 'boolean'].includes(typeof value) && value !== '';

/** Rows of one name, one made after the other, that get sync ids of that name; more are told apart by chance. */
export const MOST_OF_A_NAME = 20;

/**
 * The sync id that a natural name gives.
 * @param nth 0 for the first row of that name, 1 for a second one that is known to be another row, and so on
 */
export const naturalId = (collection: string, { by, values }: NaturalName, nth: number): string =>
	nameId(JSON.stringify([collection, by, values, nth]));

/** Whether keys and sync ids of a collection are the same, but for rows that have a name, or were found by it. */
export const isKnownByKey = (model: NamedModel | null): boolean =>
	model?.keyType === 'uuid' && model.junction === null && !model.singleton;
