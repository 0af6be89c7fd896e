/**
 * The kinds of elements that make up the configuration of an instance, beside its schema. In the order in which
 * `directus-sync` writes them; one file each in a dump, one table `directus_<kind>` each in the database. Apart from the
 * shapes in `bundle.ts`, so that the Studio can name them without zod.
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

/** Which extensions are switched on is no element: extensions are installed elsewhere, and have no SyncID but their name. */
export type ConfigKind = SchemaKind | ElementKind | 'extensions';

export const isElementKind = (name: string): name is ElementKind => (ELEMENT_KINDS as readonly string[]).includes(name);

/** What a step of a plan is called where one is spoken of: `roles:4f…`. Two steps of one thing are called the same. */
export const stepOf = ({ kind, sync_id }: { kind: ConfigKind; sync_id: string }): string => `${kind}:${sync_id}`;
