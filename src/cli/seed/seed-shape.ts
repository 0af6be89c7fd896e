import { z } from 'zod';

/** One item as a seed file has it: its values, with what it refers to named by `_sync_id`. */
export const seedItem = z.looseObject({
	_sync_id: z.string().min(1).max(255),
	/** For files: the path of the content, relative to the seed file. */
	_file_path: z.string().min(1).optional(),
});
export type SeedItem = z.output<typeof seedItem>;

const meta = z.strictObject({
	/** Collections with a lower one come first; without one, what refers to others comes after them. */
	insert_order: z.number().optional(),
	create: z.boolean().default(true),
	update: z.boolean().default(true),
	delete: z.boolean().default(true),
	/** Whether the `_sync_id` is the primary key. */
	preserve_ids: z.boolean().default(false),
	/** Fields that are written when an item is created, and never again. */
	ignore_on_update: z.array(z.string()).default([]),
});
export type SeedMeta = z.output<typeof meta>;

const seed = z.strictObject({
	collection: z.string().min(1),
	meta: meta.prefault({}),
	data: z.array(seedItem),
	$schema: z.string().optional(),
});

/** One seed, or several in a list. */
export const seedFile = z.union([z.array(seed), seed.transform((one) => [one])]);

/** All seeds of one collection together. */
export interface Seed {
	collection: string;
	meta: SeedMeta;
	items: SeedItem[];
	/** The file and JSON pointer of each item, by `_sync_id`. */
	places: Map<string, { file: string; path: string }>;
	/** Fields left out of its items, because Directus fills them itself. */
	leftAlone?: string[];
}

/** The name under which the id map knows a collection: system collections without `directus_`, others with `items:`. */
export const idTable = (collection: string): string =>
	collection.startsWith('directus_') ? collection.slice('directus_'.length) : `items:${collection}`;
