import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWatch } from '../../src/capture/core/watch.js';
import { createCapture } from '../../src/capture/capture.js';
import { hookHandle } from '../../src/capture/hook-handle.js';
import { tapStatements, type StatementTap } from '../../src/capture/statement-tap.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { instanceName } from '../kit/leftovers.js';
import { collection, field, relation } from '../schema-overview.js';

const available = await databasesAvailable();

const SCHEMA = {
	collections: {
		posts: collection('posts', [field('id', 'integer'), field('title', 'string'), field('slug', 'string')]),
		comments: collection('comments', [field('id', 'integer'), field('text', 'string'), field('post', 'integer')]),
		pages: collection('pages', [field('code', 'string'), field('title', 'string')]),
	},
	relations: [{ ...relation(['comments', 'post'], 'posts'), schema: { on_delete: 'CASCADE' } as never }],
};

/** The tap on the Knex that Directus brings, with tables of the test's own: no Directus is started. */
describe.each((['sqlite', 'postgres', 'mysql'] as const).filter((kind) => available[kind] === null))(
	'statements that nobody tells of, on %s',
	(kind: DatabaseKind) => {
		const server = DATABASE_SERVERS[kind];
		const name = instanceName();
		let knex: Knex;
		let tap: StatementTap | null;
		let capture: ReturnType<typeof createCapture>;
		let last = 0;
		const broken: unknown[] = [];
		const handle = (database: Knex) => hookHandle(database, {} as never, SCHEMA, tap);

		beforeAll(async () => {
			await server.create(name);
			knex = server.connect(name);
			await knex.schema.createTable('posts', (table) => {
				table.increments('id');
				for (const column of ['title', 'slug']) table.string(column);
				table.integer('sort');
			});
			await knex.schema.createTable('comments', (table) => {
				table.increments('id');
				table.string('text');
				table.integer('post').unsigned().references('id').inTable('posts').onDelete('CASCADE');
			});
			await knex.schema.createTable('pages', (table) => {
				table.string('code').primary();
				table.string('title');
			});
			// As an earlier version made it, without a column for traces.
			await knex.schema.createTable('downstream_outbox', (table) => {
				table.increments('id');
				for (const column of ['collection', 'item', 'event', 'user', 'source']) table.string(column);
				for (const column of ['before', 'fields']) table.text(column);
				table.bigInteger('at');
			});
			if (kind === 'sqlite') await knex.raw('PRAGMA foreign_keys = ON');
			const watch = buildWatch([], SCHEMA, ['posts', 'comments', 'pages']);
			const posts = watch.collections.get('posts');
			if (posts) posts.columns = ['slug'];
			capture = createCapture({
				clock: { now: () => Date.now(), random: () => 0, id: () => '' },
				watch: () => watch,
				stale: () => false,
				refresh: () => Promise.resolve(),
				primary: (of) => (of in SCHEMA.collections ? SCHEMA.collections[of as 'posts'].primary : null),
				columns: () => [],
				isNumbered: (of) => of !== 'pages',
				seesStatements: () => true,
				rulesWritten: () => {},
				report: (what) => {
					throw new Error(what);
				},
				afterCommit: () => handle(knex),
				wake: () => {},
				broken: (error) => void broken.push(error),
			});
			tap = tapStatements(knex, capture.statements);
			expect(tap).not.toBeNull();
		});
		afterAll(async () => {
			await knex.destroy();
			await server.drop(name);
		});

		/** What was recorded because of it, as `collection event item (old slug)`. */
		async function recordedBy(work: () => PromiseLike<unknown>): Promise<string[]> {
			await work();
			const rows = await knex('downstream_outbox').where('id', '>', last).orderBy('id');
			last = rows.at(-1)?.id ?? last;
			const told = rows.map((row) => {
				const slug = row.before && (JSON.parse(row.before) as { columns?: { slug?: string } }).columns?.slug;
				return `${row.collection} ${row.event} ${row.item}${slug ? ` (${slug})` : ''}`;
			});
			// Rows of one statement come in any order.
			return told.every((one) => one.split(' ')[1] === 'update') ? told.toSorted() : told;
		}
		const fails = (work: PromiseLike<unknown>) =>
			expect(Promise.resolve(work)).rejects.toThrow() as unknown as Promise<unknown>;

		it('inserts, with keys of their own and with keys that the database makes up', async () => {
			expect(await recordedBy(() => knex('posts').insert({ title: 'a', slug: 'a' }))).toEqual(['posts create 1']);
			expect(await recordedBy(() => knex('posts').insert({ slug: 'b' }, ['id']))).toEqual(['posts create 2']);
			expect(await recordedBy(() => knex('posts').insert([{ slug: 'c' }, { slug: 'd' }], ['id']))).toEqual([
				'posts create 3',
				'posts create 4',
			]);
			expect(await recordedBy(() => knex.raw("insert into posts (title, slug) values ('e', 'e')"))).toEqual([
				'posts create 5',
			]);
			expect(await recordedBy(() => knex('posts').insert({ id: 50, slug: 'f' }))).toEqual(['posts create 50']);
			expect(await recordedBy(() => knex('pages').insert({ code: 'x', title: 'a ? b' }))).toEqual(['pages create x']);
			const several = await recordedBy(() => knex('comments').insert([{ post: 1 }, { post: 1 }, { post: 2 }]));
			// PostgreSQL does not say which.
			expect(several).toEqual(
				kind === 'postgres' ? ['comments update *'] : ['comments create 1', 'comments create 2', 'comments create 3'],
			);
		});

		it('updates by key and by anything else, with what the items were', async () => {
			const posts = () => knex('posts');
			expect(await recordedBy(() => posts().where({ id: 1 }).update({ slug: 'a2' }))).toEqual(['posts update 1 (a)']);
			expect(await recordedBy(() => posts().whereIn('id', [1, 2, 999]).update({ title: 'y' }))).toEqual([
				'posts update 1 (a2)',
				'posts update 2 (b)',
			]);
			expect(await recordedBy(() => posts().where('slug', '>', 'd').update({ title: 'z' }))).toEqual([
				'posts update 5 (e)',
				'posts update 50 (f)',
			]);
			expect(await recordedBy(() => posts().where('id', '>', 4).increment('sort', 1))).toHaveLength(2);
			expect(await recordedBy(() => posts().where({ id: 4_242 }).update({ title: 'y' }))).toEqual([]);
			expect(await recordedBy(() => posts().where({ id: 50 }).update({ id: 60 }))).toEqual(['posts update *']);
			expect(
				await recordedBy(() => knex.raw('update posts set title = ? where id = ? or slug = ?', ['a ? b', 1, 'b'])),
			).toEqual(['posts update 1 (a2)', 'posts update 2 (b)']);
		});

		it('inserts that meet rows that are there', async () => {
			const insert = (id: number) => knex('posts').insert({ id, title: 'q' });
			expect(await recordedBy(() => insert(1).onConflict('id').merge())).toEqual(['posts update 1 (a2)']);
			expect(await recordedBy(() => insert(70).onConflict('id').merge())).toEqual(['posts create 70']);
			expect(await recordedBy(() => insert(1).onConflict('id').ignore())).toEqual([]);
			expect(await recordedBy(() => insert(77).onConflict('id').ignore())).toEqual(['posts create 77']);
			expect(await recordedBy(() => fails(insert(1)))).toEqual([]);
			// For MySQL a 0 asks for the next number, and which that is an `insert ignore` does not tell.
			if (kind === 'mysql')
				expect(await recordedBy(() => insert(0).onConflict('id').ignore())).toEqual(['posts update *']);
		});

		it('deletes, with what the database deletes along', async () => {
			const [deleted, ...along] = await recordedBy(() => knex('posts').where({ id: 1 }).del());
			expect(deleted).toBe('posts delete 1 (a2)');
			expect(along).toEqual(['comments delete 1', 'comments delete 2']);
		});

		it('a transaction: in order, joined by item, and nothing of what is rolled back', async () => {
			const together = () =>
				knex.transaction(async (trx) => {
					await trx('posts').where({ id: 2 }).update({ title: '1' });
					await trx('posts').where({ id: 2 }).update({ slug: 'b2' });
					await trx('posts').where({ id: 3 }).del();
				});
			expect(await recordedBy(together)).toEqual(['posts update 2 (b)', 'posts delete 3 (c)']);
			const undone = (trx: Knex.Transaction) =>
				trx.transaction(async (inner) => {
					await inner('posts').where({ id: 4 }).update({ title: 'undone' });
					throw new Error('undone');
				});
			expect(await recordedBy(() => fails(knex.transaction(undone)))).toEqual([]);
			const partly = () =>
				knex.transaction(async (trx) => {
					await trx('posts').where({ id: 2 }).update({ title: '2' });
					await undone(trx).catch(() => {});
					await trx('posts').where({ id: 5 }).update({ title: '2' });
				});
			expect(await recordedBy(partly)).toEqual(['posts update 2 (b2)', 'posts update 5 (e)']);
		});

		it('what is recorded another way: once, unless that was undone', async () => {
			const told = (trx: Knex) =>
				capture.onActivity([{ action: 'update', collection: 'posts', item: '2', user: null }], handle(trx));
			const update = (trx: Knex) => trx('posts').where({ id: 2 }).update({ title: 'told' });
			const once = () =>
				knex.transaction(async (trx) => {
					await update(trx);
					await told(trx);
				});
			expect(await recordedBy(once)).toEqual(['posts update 2 (b2)']);
			const undone = () =>
				knex.transaction(async (trx) => {
					await update(trx);
					const inner = trx.transaction(async (nested) => {
						await told(nested);
						throw new Error('undone');
					});
					await inner.catch(() => {});
				});
			expect(await recordedBy(undone)).toEqual(['posts update 2 (b2)']);
		});

		it('what activity tells of and no hook: with what the items were, and what goes along', async () => {
			await knex('comments').insert({ id: 90, post: 77 });
			await recordedBy(() => knex('posts').where({ id: 77 }).update({ slug: 'seven' }));
			const quietly = () =>
				knex.transaction(async (trx) => {
					await trx('posts').where({ id: 77 }).del();
					await capture.onActivity([{ action: 'delete', collection: 'posts', item: '77', user: null }], handle(trx));
				});
			expect(await recordedBy(quietly)).toEqual(['posts delete 77 (seven)', 'comments delete 90']);
		});

		it('the outbox cannot be written: the writes go through, and are recorded as soon as it can', async () => {
			await knex.schema.renameTable('downstream_outbox', 'outbox_away');
			expect(await knex('posts').where({ id: 2 }).update({ title: 'late' })).toBe(1);
			await knex.transaction((trx) => trx('posts').where({ id: 4 }).update({ title: 'late' }));
			expect(broken.length).toBeGreaterThanOrEqual(2);
			expect(await knex('posts').where({ title: 'late' }).pluck('id')).toEqual([2, 4]);
			await knex.schema.renameTable('outbox_away', 'downstream_outbox');
			expect(await recordedBy(() => capture.recordLater([]))).toEqual(['posts update 2 (b2)', 'posts update 4 (d)']);
		});

		it('leaves other databases alone, and is taken over when the extension is loaded again', async () => {
			const other = server.connect(name);
			expect(await recordedBy(() => other('posts').where({ id: 2 }).update({ title: 'elsewhere' }))).toEqual([]);
			await other.destroy();
			const replaced = (knex.client as { _query: unknown })._query;
			tap = tapStatements(knex, capture.statements);
			expect((knex.client as { _query: unknown })._query).toBe(replaced);
			expect(await recordedBy(() => knex('posts').where({ id: 2 }).update({ title: 'again' }))).toHaveLength(1);
		});
	},
);
