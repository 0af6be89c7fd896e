import type { SchemaOverview } from '@directus/types';
import type { Clock } from '../kernel/ports.js';

/** How old a schema may be that items are read with, in ms. */
const RECENT_MS = 1_000;

/** Directus' schema, as old as each use allows. */
export function createSchemas(
	clock: Clock,
	getSchema: (options?: { bypassCache?: boolean }) => Promise<SchemaOverview>,
) {
	let known: SchemaOverview | null = null;
	let recent: { schema: SchemaOverview; at: number } | null = null;
	return {
		/** As it was when the rules were last read: for lookups where nothing may be awaited. */
		known: () => known,
		/** Directus copies its whole schema each time it is asked (a third of a sender's CPU), so items are read with one of this second. */
		async recent(): Promise<SchemaOverview> {
			if (!recent || clock.now() - recent.at > RECENT_MS) recent = { schema: await getSchema(), at: clock.now() };
			return recent.schema;
		},
		/** Past Directus' cache; known from now on. */
		async renew(): Promise<SchemaOverview> {
			known = await getSchema({ bypassCache: true });
			recent = { schema: known, at: clock.now() };
			return known;
		},
		/** Some schema is known from now on, though the rules were not read. */
		async begin(): Promise<void> {
			known ??= await getSchema();
		},
	};
}
