import { TAG_OF_EVERYTHING, tagOfCollection, tagOfField, tagOfItem, tagOfMembership, tagOfRows } from './tag-names.js';

/** What a read shows and depends on, by collection, until it is written down as tags. */
interface Part {
	items: Set<string>;
	/** Items of which rows of other collections are shown, in a list. */
	rowsOf: Set<string>;
	fields: Set<string>;
	membership: boolean;
	/** It cannot be told apart: any change of the collection may be one of what is shown. */
	whole: boolean;
	/** Collections whose rows are shown below its items, and whose changes are known by the tags of those items. */
	below: Set<string>;
}

/** How much the headers of one answer may say. */
export interface TagLimits {
	tags: number;
	bytes: number;
}

export interface ReadTags {
	tags: string[];
	/** One tag for each collection that the read shows or depends on, for caches that keep fewer tags than it has. */
	coarse: string[];
	/** Not even one tag for each collection fits: the answer must not be kept by its tags. */
	tooMany: boolean;
}

export function createTagBag() {
	const parts = new Map<string, Part>();
	const of = (collection: string): Part => {
		const known = parts.get(collection);
		if (known) return known;
		const made = {
			items: new Set<string>(),
			rowsOf: new Set<string>(),
			fields: new Set<string>(),
			membership: false,
			whole: false,
			below: new Set<string>(),
		};
		parts.set(collection, made);
		return made;
	};

	/** One tag in the place of all those of a collection; what its items' tags stood for needs one of its own, then. */
	function collapse(collection: string): void {
		const part = of(collection);
		if (part.whole && part.items.size + part.fields.size === 0 && !part.membership) return;
		Object.assign(part, { items: new Set(), rowsOf: new Set(), fields: new Set(), membership: false, whole: true });
		for (const below of part.below) collapse(below);
	}

	function written(): string[] {
		const tags: string[] = [];
		for (const [collection, { items, rowsOf, fields, membership, whole }] of parts) {
			for (const key of items) tags.push(tagOfItem(collection, key));
			for (const key of rowsOf) tags.push(tagOfRows(collection, key));
			if (membership) tags.push(tagOfMembership(collection));
			for (const field of fields) tags.push(tagOfField(collection, field));
			if (whole) tags.push(tagOfCollection(collection));
		}
		return [...new Set(tags), TAG_OF_EVERYTHING];
	}

	function coarse(): string[] {
		const collections = new Set([...parts].flatMap(([collection, { below }]) => [collection, ...below]));
		return [...[...collections].map(tagOfCollection), TAG_OF_EVERYTHING];
	}

	return {
		item: (collection: string, key: string) => void of(collection).items.add(key),
		rowsOf: (collection: string, key: string) => void of(collection).rowsOf.add(key),
		field: (collection: string, field: string) => void of(collection).fields.add(field),
		membership: (collection: string) => void (of(collection).membership = true),
		whole: (collection: string) => void (of(collection).whole = true),
		below: (collection: string, child: string) => void of(collection).below.add(child),
		/** As tags, within the limits: the collections with the most tags are said as a whole first. */
		write(limits: TagLimits): ReadTags {
			let tags = written();
			while (!fits(tags, limits)) {
				const largest = [...parts]
					.map(([collection, { items, rowsOf, fields, membership }]) => ({
						collection,
						size: items.size + rowsOf.size + fields.size + (membership ? 1 : 0),
					}))
					.reduce((most, one) => (one.size > most.size ? one : most), { collection: '', size: 0 });
				if (largest.size === 0) return { tags: [TAG_OF_EVERYTHING], coarse: [TAG_OF_EVERYTHING], tooMany: true };
				collapse(largest.collection);
				tags = written();
			}
			return { tags, coarse: coarse(), tooMany: false };
		},
	};
}

export type TagBag = ReturnType<typeof createTagBag>;

const fits = (tags: string[], limits: TagLimits) =>
	tags.length <= limits.tags && tags.reduce((sum, tag) => sum + tag.length + 1, 0) <= limits.bytes;
