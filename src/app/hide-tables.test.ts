import { expect, it } from 'vitest';
import type { SchemaOverview } from '@directus/types';
import { memoryDatabase } from '../../test/kit/memory-database.js';
import { hideTables, OWN_TABLES } from './hide-tables.js';
import { migrateTables } from './migrations.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => 1_795_000_000_000, random: () => 0.5, id: () => 'id' };

/** A Directus with these collections, whose schema still has the given tables. */
async function hidden({ setting = [] as unknown, registered = [] as string[], cached = [...OWN_TABLES] }) {
	const database = memoryDatabase();
	await database.schema.createTable('directus_collections', (table) => void table.string('collection'));
	for (const collection of registered) await database('directus_collections').insert({ collection });
	let cleared: unknown[] = [];
	class RolesService {
		async clearCaches(options: unknown) {
			cleared = [...cleared, options];
		}
	}
	const env: Record<string, unknown> = { DB_EXCLUDE_TABLES: setting };
	const collections = Object.fromEntries(cached.map((name) => [name, {}])) as unknown as SchemaOverview['collections'];
	await hideTables({
		database,
		services: { RolesService } as never,
		getSchema: async () => ({ collections, relations: [] }),
		env,
	});
	return { excluded: env['DB_EXCLUDE_TABLES'] as string[], cleared };
}

it('names every table that the migrations make', async () => {
	const database = memoryDatabase();
	await migrateTables(database, clock, silent);
	const made = await database('sqlite_master').where('type', 'table').whereLike('name', 'downstream_%').pluck('name');
	expect([...OWN_TABLES].toSorted()).toEqual(made.toSorted());
});

it('adds them to what is excluded already, once', async () => {
	for (const setting of [['spatial_ref_sys', 'downstream_outbox'], 'spatial_ref_sys,downstream_outbox']) {
		const { excluded } = await hidden({ setting });
		expect(excluded.toSorted()).toEqual(['spatial_ref_sys', ...OWN_TABLES].toSorted());
	}
	for (const setting of [undefined, '', []])
		expect((await hidden({ setting })).excluded.toSorted()).toEqual([...OWN_TABLES].toSorted());
});

it('leaves a table alone that was made a collection', async () => {
	const { excluded } = await hidden({ registered: ['posts', 'downstream_deliveries'] });
	expect(excluded).not.toContain('downstream_deliveries');
	expect(excluded).toHaveLength(OWN_TABLES.length - 1);
});

it('has the schema read again only where it holds one of them, and keeps cached answers', async () => {
	expect((await hidden({})).cleared).toEqual([{ autoPurgeCache: false }]);
	expect((await hidden({ cached: ['posts'] })).cleared).toEqual([]);
});
