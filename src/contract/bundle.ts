import { z } from 'zod';
import { ELEMENT_KINDS } from './config-kinds.js';

export { ELEMENT_KINDS, SCHEMA_KINDS, type ConfigKind, type ElementKind, type SchemaKind } from './config-kinds.js';

/**
 * One element as the files have it: its values, with what it refers to named by SyncID, and without what is no
 * configuration (audit fields, credentials).
 */
export const element = z.looseObject({ _syncId: z.string().min(1).max(255) });
export type Element = z.output<typeof element>;

const named = z.looseObject({ collection: z.string().min(1) });

/** Directus' own schema snapshot. */
export const snapshot = z.looseObject({
	version: z.number(),
	directus: z.string(),
	vendor: z.string().optional(),
	collections: z.array(named),
	fields: z.array(named.extend({ field: z.string().min(1) })),
	relations: z.array(named.extend({ field: z.string().min(1), related_collection: z.string().nullable() })),
	systemFields: z.array(named.extend({ field: z.string().min(1) })).optional(),
});
export type Snapshot = z.output<typeof snapshot>;

/** Whether an extension that is installed is switched on. */
export const extensionState = z.strictObject({ name: z.string().min(1).max(600), enabled: z.boolean() });
export type ExtensionState = z.output<typeof extensionState>;

/** A collection (`articles`) or a field (`articles.title`) that has another name from now on. */
export const moved = z.strictObject({
	from: z.string().regex(/^[^.]+(\.[^.]+)?$/, 'expected a collection, or collection.field'),
	to: z.string().regex(/^[^.]+(\.[^.]+)?$/, 'expected a collection, or collection.field'),
});
export type Moved = z.output<typeof moved>;

/** The newest layout of a bundle that this package reads. */
export const BUNDLE_VERSION = 1;

/**
 * The whole configuration of an instance, or a chosen part of it, as data. What a bundle has no entry for, it says nothing
 * about: a kind that is missing is left alone, a kind that is there and empty means that there shall be none.
 */
export const bundle = z.strictObject({
	version: z.literal(BUNDLE_VERSION),
	/** Version of the Directus it was taken from. */
	directus: z.string().nullable(),
	schema: snapshot.nullable(),
	elements: z.partialRecord(z.enum(ELEMENT_KINDS), z.array(element)),
	/** By name; extensions that are not listed are left alone. */
	extensions: z.array(extensionState).optional(),
	/** What is renamed, in this order, where the instance still has the former name: its data is kept. */
	moved: z.array(moved).max(1000).optional(),
});
export type Bundle = z.output<typeof bundle>;
