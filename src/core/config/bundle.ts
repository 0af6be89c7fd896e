import { z } from 'zod';

/**
 * The kinds of elements that make up the configuration of an instance, beside its schema. In the order in which
 * `directus-sync` writes them; one file each in a dump, one table `directus_<kind>` each in the database.
 */
export const ELEMENT_KINDS = [
	'settings',
	'folders',
	'translations',
	'flows',
	'operations',
	'roles',
	'policies',
	'permissions',
	'dashboards',
	'panels',
	'presets',
] as const;
export type ElementKind = (typeof ELEMENT_KINDS)[number];

/** What the schema consists of; in a plan each is a kind of its own. */
export const SCHEMA_KINDS = ['collections', 'fields', 'relations'] as const;
export type SchemaKind = (typeof SCHEMA_KINDS)[number];

export type ConfigKind = SchemaKind | ElementKind;

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
});
export type Bundle = z.output<typeof bundle>;
