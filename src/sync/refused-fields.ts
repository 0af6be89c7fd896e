import type { Logger } from '../kernel/ports.js';
import type { SyncResult } from '../contract/sync-messages.js';

/** Fields that other instances do not take, by source and collection: for people to see. */
export function createRefused(logger: Logger, nameOf: (target: string) => string) {
	const refused = new Map<string, Map<string, Set<string>>>();

	/** Some fields do not go there; told once. */
	function missing(target: string, collection: string, fields: string[], why: string): void {
		if (fields.length === 0) return;
		const known = refused.get(target) ?? new Map<string, Set<string>>();
		refused.set(target, known);
		const before = known.get(collection) ?? new Set<string>();
		const news = fields.filter((field) => !before.has(field));
		known.set(collection, new Set([...before, ...fields]));
		if (news.length > 0)
			logger.warn(`[downstream] "${nameOf(target)}" does not get ${news.join(', ')} of ${collection}: ${why}`);
	}

	return {
		missing,
		/** What the other side said of rows that it was sent. */
		noteResults(target: string, results: SyncResult[]): void {
			for (const { collection, refused: fields = [] } of results)
				missing(target, collection, fields, 'its Data Sync user may not write them, or they are not there');
		},
		of: (target: string) => refused.get(target) ?? new Map<string, Set<string>>(),
		forget: (target: string) => void refused.delete(target),
	};
}
