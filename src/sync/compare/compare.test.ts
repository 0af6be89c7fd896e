import { expect, describe, it } from 'vitest';
import { digestKeyOf, sharedDigestKey } from '../core/compare/digest-key.js';
import { bucketOf } from '../core/compare/bucket-digests.js';
import { PeerError } from '../core/link/peer-error.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { compareCollection, digestCollection, digestRows, type ComparePorts } from './compare.js';
import { EXAMPLE_MODELS } from '../../../test/fixtures/example-database.js';
import type { ReadSyncedPorts } from './read-synced.js';

const model = EXAMPLE_MODELS.get('tags') as SyncModel;
const ROWS = Array.from({ length: 20 }, (_, index) => ({ id: index + 1, label: `tag ${index}` }));

/** An instance with these rows, each known by a sync id. */
const reading = (rows: { id: number; label: string }[]): ReadSyncedPorts => ({
	identityOf: () => model,
	chunk: async (_collection, _primary, after) => (after === null ? rows : []),
	allSyncIds: async () => new Map(rows.map(({ id }) => [String(id), `sync-${id}`])),
	allUsers: async () => [],
	overridden: async () => [],
	deleted: async () => new Set(),
	wholeSeconds: false,
});

/** Compares all rows here with what there is, as the other side's answers tell it. */
function compare(there: typeof ROWS, told: (answers: ComparePorts['theirs']) => Partial<ComparePorts['theirs']>) {
	const theirs: ComparePorts['theirs'] = {
		digests: () => digestCollection(model, reading(there), null),
		rows: (_collection, _fields, buckets) => digestRows(model, buckets, reading(there), null),
	};
	return compareCollection(model, {
		...reading(ROWS),
		theirs: { ...theirs, ...told(theirs) },
		digestKey: null,
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

	it.each<[string, string | null, string | null]>([
		['with the key of the link', 'secret of the link', 'secret of the link'],
		['with an older instance, which knows of no key', 'secret of the link', null],
		['asked by an older instance', null, 'secret of the link'],
		['where something on the way exchanges tokens', 'token of the outside', 'token of the inside'],
	])('finds the same %s', async (_, brought, arrived) => {
		const ours = brought === null ? null : digestKeyOf(brought);
		const theirs = sharedDigestKey(ours?.name ?? null, arrived);
		expect(theirs !== null).toBe(brought === arrived);
		const found = await compareCollection(model, {
			...reading(ROWS),
			theirs: {
				digests: async () => {
					const { keyed, ...said } = await digestCollection(model, reading(edited.slice(1)), theirs);
					return arrived === null ? said : { ...said, keyed };
				},
				rows: (_collection, _fields, buckets) => digestRows(model, buckets, reading(edited.slice(1)), theirs),
			},
			digestKey: ours,
			inScope: null,
		});
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
			digests: (...about) => (asked++ === 0 ? digests(...about) : digestCollection(model, reading(fewer), null)),
			rows: (_collection, _fields, buckets) => digestRows(model, buckets, reading(fewer), null),
		}));
		expect(found.missing_there.rows).toEqual([{ sync_id: 'sync-3', item: '3' }]);
	});

	it('of wide rows comes in answers of a few megabytes, and in smaller ones where those are cut', async () => {
		const names = Array.from({ length: 60 }, (_, index) => `a_field_with_a_rather_long_name_${index}`);
		const base = model.fields.get('label') as NonNullable<ReturnType<typeof model.fields.get>>;
		const wide: SyncModel = { ...model, fields: new Map(names.map((field) => [field, { ...base, field }])) };
		const many = (value: string) =>
			Array.from({ length: 400 }, (_, id) => ({ id, ...Object.fromEntries(names.map((name) => [name, value])) }));
		const [here, there] = [many('here'), many('there')] as unknown as [typeof ROWS, typeof ROWS];
		const digests = await digestCollection(wide, reading(there), null);
		const all = Object.entries(await digestRows(wide, Object.keys(digests.buckets), reading(there), null));
		const bytes: number[] = [];
		const found = await compareCollection(wide, {
			...reading(here),
			theirs: {
				digests: async () => digests,
				async rows(_collection, _fields, buckets) {
					const wanted = new Set(buckets);
					const rows = Object.fromEntries(all.filter(([syncId]) => wanted.has(bucketOf(syncId))));
					bytes.push(JSON.stringify(rows).length);
					if ((bytes.at(-1) ?? 0) > 600_000) throw new PeerError('ANSWER_UNREADABLE', 'cut', 200);
					return rows;
				},
			},
			digestKey: null,
			inScope: null,
		});
		expect(found.different.count).toBe(400);
		expect(Math.max(...bytes)).toBeLessThan(8_000_000);
		expect(Math.max(...bytes)).toBeGreaterThan(600_000);
	});

	it('says which fields the other side did not show', async () => {
		const found = await compare(ROWS, ({ digests }) => ({
			digests: async (...asked) => ({ ...(await digests(...asked)), fields: [] }),
		}));
		expect(found.not_compared).toEqual(['label']);
	});
});
