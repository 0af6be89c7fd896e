import { TARGET_COLLECTIONS } from '../contract/vocabulary.js';
import type { CapturePorts } from './capture-ports.js';
import type { Write } from './core/statement.js';
import type { NotedWrites } from './noted-writes.js';
import type { StatementParts } from './seen-statement.js';

/** Which statements write what may have to be recorded. */
export function createWantedWrites(ports: CapturePorts, { isWatched }: Pick<StatementParts, 'isWatched'>) {
	/** Whether there is nothing to do before or after a statement; said without reading it. */
	function ignores(sql: string, { kept }: NotedWrites): boolean {
		const table = PLAIN.exec(sql)?.[1];
		if (table === undefined || mayMatter(table) || sql.includes(';')) return false;
		return kept.count() === 0 || (!kept.isFull() && !sql.includes('downstream_outbox'));
	}

	const matters = ({ table, event, columns }: Write): boolean => {
		if (!ports.primary(table) && !mayBeNew(table)) return false;
		if (table === 'directus_users' && columns?.every((column) => PRESENCE.includes(column))) return false;
		return isWatchedTable(table) || (event === 'delete' && ports.watch().cascades.has(table));
	};

	/** While rules are read again, an unknown table may be a new collection. */
	const mayBeNew = (table: string) => ports.stale() && !NO_COLLECTION.test(table);

	const mayMatter = (table: string) =>
		isWatchedTable(table) || ports.watch().cascades.has(table) || TARGET_COLLECTIONS.includes(table);

	const isWatchedTable = (table: string) =>
		!table.startsWith('downstream_') &&
		(ports.watch().collections.has(table) || (isWatched(table) && !NEVER_BY_CHANCE.has(table)));

	return { ignores, matters, isWatchedTable };
}

/** A statement as Knex builds it, and its table. */
const PLAIN = /^(?:insert into|update|delete from) [`"]([^`"]+)[`"] (?:\(|set |where |default )/;

/** What Directus notes of a user who logs in or looks at a page: no change of the item. */
const PRESENCE = ['last_access', 'last_page'];

/** Directus' own records, which every write adds to: never recorded only because the rules are being read again. */
const NEVER_BY_CHANCE = new Set(['directus_activity', 'directus_revisions', 'directus_sessions']);

/** Tables of Directus and Knex themselves, whose names are known. */
const NO_COLLECTION = /^(?:directus_|_knex_)/;
