import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_ITEMS, itemOfWritten } from '../../src/contract/vocabulary.js';
import { randomFrom } from '../kit/random.js';
import { TRIGGER_DATABASES, triggerWorld, undone, WATCHED, type TriggerWorld } from './trigger-world.js';

describe.each(TRIGGER_DATABASES)('database triggers on %s', (kind) => {
	let world: TriggerWorld;
	beforeAll(async () => void (world = await triggerWorld(kind)));
	afterAll(() => world?.end());

	/** An old slug is known where a trigger can name columns safely. */
	const was = (slug: string) => (kind === 'sqlite' ? '' : ` (${slug})`);

	it('are there once, however often they are looked at, and say so', async () => {
		const { keeper, look, triggerNames } = world;
		expect(keeper.status()).toEqual({ enabled: true, collections: WATCHED.toSorted(), problems: [] });
		const before = await triggerNames();
		expect(before.length).toBeGreaterThan(WATCHED.length * 2);
		await look();
		expect(await triggerNames()).toEqual(before);
	});

	it('record what another process inserts, updates and deletes, one by one and in bulk', async () => {
		const { recordedBy, other } = world;
		expect(await recordedBy(() => other('posts').insert({ title: 'a', slug: 'a' }))).toEqual(['posts create 1']);
		expect(await recordedBy(() => other('posts').where({ id: 1 }).update({ slug: 'a2' }))).toEqual([
			`posts update 1${was('a')}`,
		]);
		expect(await recordedBy(() => other('pages').insert({ code: "it's ?", title: 'x' }))).toEqual([
			"pages create it's ?",
		]);
		const stars = ['*', '\\*', '\\\\*', '*\\', '**'];
		const named = await recordedBy(() => other('pages').insert(stars.map((code) => ({ code }))));
		const keys = named.map((one) => itemOfWritten(one.slice('pages create '.length)));
		// MySQL takes keys that look like all items for those.
		const expected = kind === 'mysql' ? [ALL_ITEMS, ALL_ITEMS, ALL_ITEMS, ALL_ITEMS, '**'] : stars;
		expect(keys.toSorted()).toEqual(expected.toSorted());
		const many = Array.from({ length: 300 }, (_, index) => ({ id: index + 10, slug: `s${index}` }));
		expect(await recordedBy(() => other.batchInsert('posts', many, 100))).toHaveLength(300);
		expect(await recordedBy(() => other('posts').where('id', '>=', 10).update({ title: 'all' }))).toHaveLength(300);
		expect(await recordedBy(() => other('posts').where('id', '>=', 12).del())).toHaveLength(298);
		expect(await recordedBy(() => other('posts').where({ id: 10 }).update({ id: 5 }))).toEqual([
			'posts create 5',
			`posts delete 10${was('s0')}`,
		]);
		expect(await recordedBy(() => other('posts').where({ id: 4_242 }).del())).toEqual([]);
	});

	it('record what is written over', async () => {
		const { recordedBy, other } = world;
		const written = await recordedBy(() => other('posts').insert({ id: 5, slug: 'over' }).onConflict('id').merge());
		expect(new Set(written)).toEqual(new Set([`posts update 5${was('s0')}`]));
		if (kind === 'postgres') return;
		const replaced = await recordedBy(() => other.raw("replace into posts (id, slug) values (5, 'again')"));
		// Whether it was there before is what tells an update from a creation.
		expect(replaced).toEqual(['posts create 5', kind === 'mysql' ? 'posts delete 5 (over)' : 'posts update 5']);
	});

	it('record nothing of what is rolled back, all of it or to a savepoint', async () => {
		const { recordedBy, other } = world;
		expect(await recordedBy(() => undone(other, (trx) => trx('posts').insert({ slug: 'x' })))).toEqual([]);
		const partly = () =>
			other.transaction(async (trx) => {
				await trx('posts').where({ id: 1 }).update({ title: '1' });
				await undone(trx, (inner) => inner('posts').where({ id: 5 }).update({ title: 'undone' }));
				await trx('posts').where({ id: 11 }).update({ title: '1' });
			});
		expect(await recordedBy(partly)).toEqual([`posts update 1${was('a2')}`, `posts update 11${was('s1')}`]);
	});

	it('record what foreign keys delete and empty along', async () => {
		const { recordedBy, other } = world;
		await recordedBy(async () => {
			await other('authors').insert({ id: 1 });
			await other('posts').insert({ id: 20, slug: 'p', author: 1 });
			await other('comments').insert([
				{ id: 1, post: 20 },
				{ id: 2, post: 20 },
			]);
			await other('likes').insert({ id: 1, comment: 2 });
		});
		expect(await recordedBy(() => other('authors').del())).toEqual([`posts update 20${was('p')}`]);
		expect(await recordedBy(() => other('posts').where({ id: 20 }).del())).toEqual([
			'comments delete 1',
			'comments delete 2',
			'likes delete 1',
			`posts delete 20${was('p')}`,
		]);
	});

	it('leave what Downstream records itself to it, with savepoints, rolled back or not', async () => {
		const { recordedBy, ours, other } = world;
		const by = (event: string, id: number, slug: string) => `posts ${event} ${id} (${slug}) by statement`;
		expect(await recordedBy(() => ours('posts').where({ id: 1 }).update({ title: '2' }))).toEqual([
			by('update', 1, 'a2'),
		]);
		const partly = () =>
			ours.transaction(async (trx) => {
				await undone(trx, (inner) => inner('posts').where({ id: 5 }).update({ title: 'undone' }));
				await trx('posts').where({ id: 1 }).update({ title: '3' });
			});
		expect(await recordedBy(partly)).toEqual([by('update', 1, 'a2')]);
		expect(await recordedBy(() => undone(ours, (trx) => trx('posts').where({ id: 1 }).del()))).toEqual([]);
		// Nothing of it stays behind that would silence others, or these connections when they write past Downstream.
		expect(await recordedBy(() => other('posts').where({ id: 1 }).update({ title: '4' }))).toEqual([
			`posts update 1${was('a2')}`,
		]);
		await recordedBy(async () => {
			await ours('posts').insert({ id: 21, slug: 'q' });
			await ours('comments').insert({ id: 3, post: 21 });
		});
		expect(await recordedBy(() => ours('posts').where({ id: 21 }).del())).toEqual([
			'comments delete 3 by cascade',
			by('delete', 21, 'q'),
		]);
	});

	it('record exactly what is written, by any process in any transaction', async () => {
		const { recordedBy, ours, other } = world;
		const seed = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);
		const random = randomFrom(seed);
		const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
		const pick = <T>(from: readonly [T, ...T[]]) => from[between(0, from.length - 1)] ?? from[0];
		const chance = (odds: number) => random() < odds;
		const rowsNow = async () => new Map((await other('posts')).map((row) => [String(row.id), JSON.stringify(row)]));
		let next = 1_000;
		for (let round = 0; round < 60; round += 1) {
			const writer = pick([ours, other]);
			const before = await rowsNow();
			const write = async (knex: Knex): Promise<void> => {
				const ids = [...before.keys()].filter((id) => Number(id) >= 1_000);
				const some = Array.from({ length: between(1, 3) }, () => pick(['1000', ...ids]));
				const what = pick(['insert', 'update', 'delete', 'raw']);
				if (what === 'insert') await knex('posts').insert({ id: (next += 1), slug: `n${next}` });
				else if (what === 'update')
					await knex('posts')
						.whereIn('id', some)
						.update({ title: `r${round}-${next}` });
				else if (what === 'delete') await knex('posts').whereIn('id', some).del();
				else await knex.raw(`update posts set slug = 'raw${round}' where id > ${next - between(0, 4)}`);
			};
			const told = await recordedBy(() =>
				chance(0.4)
					? write(writer)
					: writer.transaction(async (trx: Knex.Transaction) => {
							for (let count = between(1, 3); count > 0; count -= 1)
								await (chance(0.3) ? undone(trx, write) : write(trx));
						}),
			);
			const after = await rowsNow();
			const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
				(id) => before.get(id) !== after.get(id),
			);
			const named = new Set(told.map((one) => one.split(' ')[2]));
			const missing = named.has('*') ? [] : changed.filter((id) => !named.has(id));
			expect({ seed, round, missing }).toEqual({ seed, round, missing: [] });
			const sources = new Set(told.map((one) => one.includes(' by ')));
			expect({ seed, round, sources: [...sources] }).toEqual({
				seed,
				round,
				sources: told.length === 0 ? [] : [writer === ours],
			});
		}
	});

	it('do not disturb generated keys', async () => {
		const { recordedBy, other } = world;
		if (kind === 'postgres') {
			const made = await other.raw(
				"insert into posts (slug) values ('made') returning id, currval('posts_id_seq') as last",
			);
			expect(Number(made.rows[0].last)).toBe(made.rows[0].id);
		} else {
			const [made] = await other('posts').insert({ slug: 'made' });
			expect(await other('posts').where({ slug: 'made' }).first('id')).toEqual({ id: made });
		}
		await recordedBy(() => Promise.resolve());
	});
});
