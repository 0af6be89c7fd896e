import { expect, describe, it } from 'vitest';
import { PeerError } from '../../core/sync/peer-error.js';
import type { SyncModel } from '../../core/sync/sync-model.js';
import { compareCollection, digestCollection, digestRows, type CompareDoors } from './compare.js';
import { EXAMPLE_MODELS } from './example-database.js';
import type { ReadSyncedDoors } from './read-synced.js';

const model = EXAMPLE_MODELS.get('tags') as SyncModel;
const ROWS = Array.from({ length: 20 }, (_, index) => ({ id: index + 1, label: `tag ${index}` }));

/** An instance with these rows, each known by a sync id. */
const reading = (rows: { id: number; label: string }[]): ReadSyncedDoors => ({
	identityOf: () => model,
	chunk: async (_collection, _primary, after) => (after === null ? rows : []),
	allSyncIds: async () => new Map(rows.map(({ id }) => [String(id), `sync-${id}`])),
	allUsers: async () => [],
});

/** Compares all rows here with what there is, as the other side's answers tell it. */
function compare(there: typeof ROWS, told: (answers: CompareDoors['theirs']) => Partial<CompareDoors['theirs']>) {
	const theirs: CompareDoors['theirs'] = {
		digests: () => digestCollection(model, reading(there)),
		rows: (_collection, _fields, buckets) => digestRows(model, buckets, reading(there)),
	};
	return compareCollection(model, {
		...reading(ROWS),
		theirs: { ...theirs, ...told(theirs) },
		inScope: null,
	});
}

const edited = ROWS.map((row) => ({ ...row, label: row.id === 3 ? 'another' : row.label }));

describe('a comparison', () => {
	it('names what differs, and what is missing', async () => {
		const found = await compare(edited.slice(1), () => ({}));
		expect(found.different.rows).toEqual([{ sync_id: 'sync-3', item: '3', fields: ['label'] }]);
		expect(found.missing_there.rows).toEqual([{ sync_id: 'sync-1', item: '1' }]);
		expect(found.equal).toBe(18);
	});

	it('takes nothing for missing there because an answer does not have it', async () => {
		const empty = compare(edited, () => ({ rows: async () => ({}) }));
		await expect(empty).rejects.toThrow(PeerError);
		await expect(empty).rejects.toThrow(/did not give all of tags: 0 of 1 rows/);
		const fewer = compare(edited, ({ digests }) => ({
			digests: async (...asked) => ({ ...(await digests(...asked)), buckets: {} }),
		}));
		await expect(fewer).rejects.toThrow(/sums of 0 rows, and says that it has 20/);
	});

	it('goes on where rows are deleted there meanwhile', async () => {
		let asked = 0;
		const fewer = edited.filter(({ id }) => id !== 3);
		const found = await compare(edited, ({ digests }) => ({
			digests: (...about) => (asked++ === 0 ? digests(...about) : digestCollection(model, reading(fewer))),
			rows: (_collection, _fields, buckets) => digestRows(model, buckets, reading(fewer)),
		}));
		expect(found.missing_there.rows).toEqual([{ sync_id: 'sync-3', item: '3' }]);
	});

	it('says which fields the other side did not show', async () => {
		const found = await compare(ROWS, ({ digests }) => ({
			digests: async (...asked) => ({ ...(await digests(...asked)), fields: [] }),
		}));
		expect(found.not_compared).toEqual(['label']);
	});
});
