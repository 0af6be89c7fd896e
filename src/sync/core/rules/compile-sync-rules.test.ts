import { describe, expect, it } from 'vitest';
import { syncRule, type SyncRule } from '../../../../schema.js';
import { SYNC_SCHEMA } from '../../../../test/sync-schema.js';
import { closureOf, compileSyncRules, followers, type CompiledSyncRule } from './compile-sync-rules.js';

const rule = (collection: string, fields: string[], more: object = {}): SyncRule =>
	syncRule.parse({ collection, fields, ...more });

const compile = (...rules: (SyncRule | null)[]): Map<string, CompiledSyncRule> =>
	new Map(compileSyncRules(rules, 'source', SYNC_SCHEMA).map((compiled) => [compiled.rule.collection, compiled]));

describe('followers', () => {
	it('are the junctions and translations that a rule names, with the field that leads back', () => {
		const found = followers(rule('articles', ['title', 'tags', 'translations', 'comments']), SYNC_SCHEMA);
		expect(found.map(({ alias, collection, field, fields }) => ({ alias, collection, field, fields }))).toEqual([
			{ alias: 'tags', collection: 'articles_tags', field: 'articles_id', fields: ['articles_id', 'tags_key', 'sort'] },
			{
				alias: 'translations',
				collection: 'articles_translations',
				field: 'articles_id',
				fields: ['articles_id', 'languages_code', 'title'],
			},
		]);
	});

	it('are all of them where a rule says *', () => {
		const found = followers(rule('articles', ['*']), SYNC_SCHEMA);
		expect(found.map(({ alias }) => alias)).toEqual(['tags', 'gallery', 'blocks', 'translations']);
	});
});

describe('compileSyncRules', () => {
	it('has junctions follow their parent: the same way, the same policies, and only for items that are sent', () => {
		const compiled = compile(
			rule('articles', ['title', 'tags'], {
				direction: 'both',
				conflict: 'manual',
				when: { slug: { _nnull: true } },
			}),
			rule('tags', ['label']),
		);
		expect([...compiled.keys()]).toEqual(['articles', 'tags', 'articles_tags']);
		expect(compiled.get('articles_tags')).toMatchObject({
			index: 0,
			target: 'source',
			follows: { collection: 'articles', field: 'articles_id' },
			onlyReferenced: false,
			rule: {
				direction: 'both',
				conflict: 'manual',
				when: { articles_id: { slug: { _nnull: true } } },
			},
		});
		expect(compiled.get('articles')?.follows).toBeNull();
	});

	it('sends translations in chosen languages only, of items that are sent', () => {
		const fields = ['title', 'translations'];
		const of = (more: object) => compile(rule('articles', fields, more)).get('articles_translations')?.rule.when;
		expect(of({ languages: ['nl', 'en'] })).toEqual({ languages_code: { _in: ['nl', 'en'] } });
		expect(of({ languages: ['nl'], when: { slug: { _nnull: true } } })).toEqual({
			_and: [{ articles_id: { slug: { _nnull: true } } }, { languages_code: { _in: ['nl'] } }],
		});
	});

	it('leaves out what stays local and what is given on arrival, also lists with their rows', () => {
		const more = { local_fields: ['body', 'tags'], on_arrival: { create: { slug: 'x' }, always: { title: 'y' } } };
		const compiled = compile(rule('articles', ['*'], more), rule('tags', ['label']));
		const fields = [...(compiled.get('articles')?.model.fields.keys() ?? [])];
		for (const field of ['body', 'tags', 'slug', 'title']) expect(fields).not.toContain(field);
		expect(fields).toContain('author');
		expect(compiled.has('articles_tags')).toBe(false);
		expect(compiled.has('articles_translations')).toBe(true);
	});

	it('lets a rule of its own stand for a junction', () => {
		const compiled = compile(
			rule('articles', ['tags']),
			rule('articles_tags', ['articles_id', 'tags_key'], { direction: 'pull' }),
			rule('tags', ['label']),
		);
		expect(compiled.get('articles_tags')).toMatchObject({ index: 1, follows: null, rule: { direction: 'pull' } });
	});

	it('follows references that have a rule, or are known anyway, and stops the others', () => {
		const compiled = compile(
			rule('articles', ['author', 'cover', 'editor', 'role']),
			rule('authors', ['name', 'country']),
		);
		expect(Object.fromEntries(compiled.get('articles')?.references ?? [])).toEqual({
			author: { use: 'follow', collections: ['authors'] },
			cover: { use: 'follow', collections: ['directus_files'] },
			editor: { use: 'follow', collections: ['directus_users'] },
			role: { use: 'stop', collections: [] },
		});
		expect(compiled.get('authors')?.references.get('country')).toEqual({ use: 'stop', collections: [] });
	});

	it('lets a rule choose for itself what is followed', () => {
		const compiled = compile(
			rule('articles', ['author', 'role', 'tags'], { references: { author: 'stop', role: 'follow', tags: 'follow' } }),
			rule('authors', ['name']),
		);
		expect(Object.fromEntries(compiled.get('articles')?.references ?? [])).toEqual({
			author: { use: 'stop', collections: [] },
			role: { use: 'follow', collections: ['directus_roles'] },
		});
		expect(compiled.get('articles_tags')?.references.get('tags_key')).toEqual({ use: 'follow', collections: ['tags'] });
	});

	it('sends files and folders along only when something leads to them', () => {
		const compiled = compile(rule('articles', ['cover'], { direction: 'pull' }), rule('authors', ['name']));
		for (const collection of ['directus_files', 'directus_folders']) {
			expect(compiled.get(collection)).toMatchObject({ onlyReferenced: true, rule: { direction: 'pull' } });
		}
		expect([...(compiled.get('directus_files')?.model.fields.keys() ?? [])]).toEqual(['title', 'folder', '$content']);
		expect([...compile(rule('authors', ['name'])).keys()]).toEqual(['authors']);
		const own = compile(rule('articles', ['cover']), rule('directus_files', ['title']));
		expect(own.get('directus_files')).toMatchObject({ onlyReferenced: false, index: 1 });
	});

	it('leaves a junction out whose other end does not travel', () => {
		expect([...compile(rule('articles', ['title', 'tags', 'blocks'])).keys()]).toEqual(['articles']);
		const stopped = compile(rule('articles', ['tags'], { references: { tags: 'stop' } }), rule('tags', ['label']));
		expect([...stopped.keys()]).toEqual(['articles', 'tags']);
	});

	it('follows a many-to-any where there are rules', () => {
		const compiled = compile(rule('articles', ['blocks']), rule('block_text', ['text']));
		expect(compiled.get('articles_blocks')?.references.get('item')).toEqual({
			use: 'follow',
			collections: ['block_text'],
		});
	});

	it('has translations travel with their language’s code, unless languages are synced too', () => {
		const language = (...rules: SyncRule[]) =>
			compile(rule('articles', ['translations']), ...rules)
				.get('articles_translations')
				?.model.fields.get('languages_code')?.kind;
		expect(language()).toBe('value');
		expect(language(rule('languages', ['name']))).toBe('reference');
	});

	it('gives rules that say the same the same hash, wherever they stand in the list', () => {
		const articles = rule('articles', ['title']);
		const hash = (...rules: (SyncRule | null)[]) => compile(...rules).get('articles')?.hash;
		expect(hash(articles)).toBe(hash(null, rule('authors', ['name']), articles));
		expect(hash(articles)).not.toBe(hash(rule('articles', ['title', 'body'])));
	});
});

describe('closureOf', () => {
	const fields = ['title', 'author', 'cover', 'editor', 'tags', 'blocks', 'translations', 'comments'];
	const states = (one: SyncRule, ...others: SyncRule[]) =>
		Object.fromEntries(
			closureOf(one, [one, ...others], SYNC_SCHEMA).map(({ field, collection, state }) => [
				`${field} → ${collection}`,
				state,
			]),
		);

	it('says of every related collection what becomes of it', () => {
		const articles = rule('articles', fields, { references: { blocks: 'stop' } });
		expect(states(articles, rule('tags', ['label']))).toEqual({
			'author → authors': 'missing',
			'cover → directus_files': 'followed',
			'editor → directus_users': 'followed',
			'tags → tags': 'followed',
			'blocks → block_text': 'stopped',
			'blocks → block_quote': 'stopped',
			'translations → languages': 'mapped',
			'comments → comments': 'missing',
		});
	});

	it('names what lies in between, and what an item cannot be without', () => {
		expect(closureOf(rule('comments', ['article']), [], SYNC_SCHEMA)).toEqual([
			{ field: 'article', collection: 'articles', through: null, state: 'missing', required: true },
		]);
		expect(closureOf(rule('articles', ['tags']), [], SYNC_SCHEMA)).toMatchObject([
			{ field: 'tags', collection: 'tags', through: 'articles_tags', required: false },
		]);
	});
});
