import type { Knex } from 'knex';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryDatabase } from '../../../test/kit/memory-database.js';
import { renameColumn, renameTable } from './rename-table.js';

let database: Knex | null = null;
afterEach(async () => {
	await database?.destroy();
	database = null;
});

async function filled(): Promise<Knex> {
	const made = memoryDatabase();
	database = made;
	// Of a class of its own, by which nobody knows that it is SQLite.
	(made.client as { config: { client: string } }).config.client = 'sqlite3';
	await made.raw('pragma foreign_keys = on');
	await made.schema.createTable('authors', (table) => {
		table.increments('id');
		table.string('name');
	});
	await made.schema.createTable('articles', (table) => {
		table.increments('id');
		table.string('slug').defaultTo('a?b');
		table.integer('author').unsigned().references('authors.id').onDelete('SET NULL');
		table.unique(['slug'], { indexName: 'articles_slug_unique' });
		table.index(['author'], 'articles_author_index');
		table.index(['author', 'slug'], 'made_by_hand');
	});
	await made('authors').insert({ id: 1, name: 'Ann' });
	await made('articles').insert({ id: 1, slug: 'one', author: 1 });
	return made;
}

const indexesOf = async (of: Knex, table: string): Promise<string[]> => {
	const rows = await of('sqlite_master').select<{ name: string }[]>('name').where({ type: 'index', tbl_name: table });
	return rows.map(({ name }) => name).toSorted();
};

describe('another name for a table or a column', () => {
	it('keeps the rows, the foreign keys on it, and gives its indexes the names that Directus looks for', async () => {
		const made = await filled();
		await renameTable(made, 'authors', 'people');
		await renameTable(made, 'articles', 'posts');
		expect(await made('posts').select('id', 'slug', 'author')).toEqual([{ id: 1, slug: 'one', author: 1 }]);
		expect(await indexesOf(made, 'posts')).toEqual(['made_by_hand', 'posts_author_index', 'posts_slug_unique']);
		await made('people').where({ id: 1 }).delete();
		expect(await made('posts').first('author')).toEqual({ author: null });
	});

	it('leaves the old names free', async () => {
		const made = await filled();
		await renameTable(made, 'articles', 'posts');
		await made.schema.createTable('articles', (table) => {
			table.string('slug');
			table.unique(['slug'], { indexName: 'articles_slug_unique' });
		});
		expect(await indexesOf(made, 'articles')).toEqual(['articles_slug_unique']);
	});

	it('keeps the values, default and index of a column', async () => {
		const made = await filled();
		await renameColumn(made, 'articles', { from: 'slug', to: 'path' });
		await made('articles').insert({ id: 2 });
		expect(await made('articles').orderBy('id').pluck('path')).toEqual(['one', 'a?b']);
		expect(await indexesOf(made, 'articles')).toContain('articles_path_unique');
		await expect(made('articles').insert({ id: 3, path: 'one' })).rejects.toThrow(/UNIQUE/);
	});
});
