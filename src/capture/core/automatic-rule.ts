import type { SchemaOverview } from '@directus/types';

/** That the tags of all reads are sent which a change of the collection makes out of date. */
export interface AutomaticRule {
	/** The collections whose tags are sent; null where a change of this one concerns every read, whatever it shows. */
	sends: ReadonlySet<string> | null;
	schema: SchemaOverview;
}
