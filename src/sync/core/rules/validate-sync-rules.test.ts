import { describe, expect, it } from 'vitest';
import { SYNC_SCHEMA } from '../../../../test/sync-schema.js';
import { checkRemoteSource } from './validate-remote-source.js';
import { checkSyncOptions, checkSyncRules } from './validate-sync-rules.js';

const check = (...rules: unknown[]) => checkSyncRules(rules, SYNC_SCHEMA);
const issuesOf = (...rules: unknown[]) => check(...rules).issues.map(({ path, code }) => `${path} ${code}`);
const articles = (more: object = {}) => ({ collection: 'articles', fields: ['title'], ...more });

describe('checkSyncRules', () => {
	it('takes the rule of the contract, and fills in what it leaves out', () => {
		const given = {
			collection: 'articles',
			fields: ['title', 'slug', 'author', 'tags', 'cover'],
			when: { title: { _eq: 'published' } },
			direction: 'both',
			conflict: 'newest',
		};
		expect(check(given, { collection: 'tags', fields: ['*'] })).toEqual({
			issues: [],
			rules: [
				{ ...given, on_delete_conflict: 'park', references: {}, rewrite_ids: [] },
				expect.objectContaining({ direction: 'push', conflict: 'newest', fields: ['*'] }),
			],
		});
	});

	it('reads what the predecessor wrote, primary key included, and answers in its spelling', () => {
		expect(check({ name: 'articles', fields: ['id', 'title'] })).toMatchObject({
			issues: [],
			rules: [{ collection: 'articles' }],
		});
		expect(issuesOf({ name: 'artcles', fields: ['title'] })).toEqual(['/0/name unknown_collection']);
		expect(issuesOf({ name: 'articles', collection: 'articles', fields: ['title'] })).toEqual(['/0/name unknown_key']);
	});

	it.each([
		[undefined, ' invalid_type'],
		[{}, ' invalid_type'],
		[[{ fields: ['title'] }], '/0/collection required'],
		[[articles({ fields: [] })], '/0/fields too_small'],
		[[articles({ direction: 'pul' })], '/0/direction invalid_value'],
		[[articles({ conflcit: 'local' })], '/0/conflcit unknown_key'],
		[[articles(), articles()], '/1/collection duplicate_collection'],
		[[articles({ fields: ['titel'] })], '/0/fields/0 unknown_field'],
		[[articles({ fields: ['title', 'author.name'] })], '/0/fields/1 not_a_field'],
		[[articles({ fields: ['constructor'] })], '/0/fields/0 unknown_field'],
		[[articles({ fields: ['secret'] })], '/0/fields/0 secret_field'],
		[[articles({ fields: ['divider'] })], '/0/fields/0 no_value'],
		[[articles({ fields: ['words'] })], '/0/fields/0 cannot_travel'],
		[[articles({ fields: ['raw'] })], '/0/fields/0 cannot_travel'],
		[[{ collection: 'directus_files', fields: ['storage'] }], '/0/fields/0 cannot_travel'],
		[[articles({ match: ['slug'] })], '/0/match/0 not_in_fields'],
		[[articles({ match: ['slog'] })], '/0/match/0 unknown_field'],
		[[articles({ fields: ['tags'], match: ['tags'] })], '/0/match/0 no_value'],
		[[articles({ rewrite_ids: ['body'] })], '/0/rewrite_ids/0 not_in_fields'],
		[[articles({ fields: ['author'], rewrite_ids: ['author'] })], '/0/rewrite_ids/0 not_text'],
		[[articles({ references: { author: 'stop' } })], '/0/references/author not_in_fields'],
		[[articles({ references: { title: 'stop' } })], '/0/references/title not_a_relation'],
		[[articles({ fields: ['author'], references: { author: 'follow' } })], '/0/references/author needs_rule'],
		[[articles({ fields: ['tags'], references: { tags: 'follow' } })], '/0/references/tags needs_rule'],
		[[articles({ references: { title: 'ignore' } })], '/0/references/title invalid_value'],
		[[articles({ when: { titel: { _eq: 1 } } })], '/0/when/titel unknown_field'],
		[[articles({ fields: ['comments'] })], '/0/fields/0 needs_rule'],
		[[articles({ local_fields: ['bod'] })], '/0/local_fields/0 unknown_field'],
		[[articles({ fields: ['*'], local_fields: ['slug'], match: ['slug'] })], '/0/match/0 not_in_fields'],
		[[articles({ on_arrival: {} })], '/0/on_arrival required'],
		[[articles({ on_arrival: { create: {} } })], '/0/on_arrival/create custom'],
		[[articles({ on_arrival: { create: { titel: 'x' } } })], '/0/on_arrival/create/titel unknown_field'],
		[[articles({ on_arrival: { create: { id: 'x' } } })], '/0/on_arrival/create/id cannot_travel'],
		[[articles({ on_arrival: { always: { secret: 'x' } } })], '/0/on_arrival/always/secret cannot_travel'],
		[[articles({ on_arrival: { always: { author: 1 } } })], '/0/on_arrival/always/author not_plain'],
		[[articles({ on_arrival: { create: { title: null } } })], '/0/on_arrival/create/title invalid_value'],
		[[articles({ on_arrival: { create: { title: 7 } } })], '/0/on_arrival/create/title invalid_value'],
		[
			[articles({ on_arrival: { create: { body: 'x' }, always: { body: 'y' } } })],
			'/0/on_arrival/create/body duplicate_field',
		],
		[[articles({ direction: 'pull', on_arrival: { create: { body: 'x' } } })], '/0/on_arrival no_effect'],
		[[articles({ languages: ['nl'] })], '/0/languages no_translations'],
		[
			[
				articles({ fields: ['translations'], languages: ['nl'] }),
				{ collection: 'articles_translations', fields: ['*'] },
			],
			'/0/languages own_rule',
		],
	])('%j: %s', (rules, issue) => {
		expect(checkSyncRules(rules, SYNC_SCHEMA).issues.map(({ path, code }) => `${path} ${code}`)).toEqual([issue]);
	});

	it('names what a misspelt name resembles', () => {
		expect(check(articles({ fields: ['titel'] }), { collection: 'artcles', fields: ['*'] }).issues).toEqual([
			expect.objectContaining({ suggestion: 'title', message: expect.stringContaining('did you mean "title"?') }),
			expect.objectContaining({ suggestion: 'articles' }),
		]);
		expect(check(articles({ direction: 'pul' })).issues).toMatchObject([{ suggestion: 'pull' }]);
	});

	it('says which rule a list of other items needs, and is content once it is there', () => {
		const list = articles({ fields: ['comments'] });
		const message = (...rules: unknown[]) => check(list, ...rules).issues[0]?.message;
		expect(message()).toContain('add a rule for comments with the field "article"');
		expect(message({ collection: 'comments', fields: ['text'] })).toContain(
			'add "article" to the fields of the rule for comments',
		);
		expect(message({ collection: 'comments', fields: ['article'] })).toBeUndefined();
		expect(message({ collection: 'comments', fields: ['*'] })).toBeUndefined();
		expect(issuesOf(articles({ fields: ['*'] }))).toEqual([]);
	});

	it.each([
		['directus_users', /never created or changed by sync/],
		['directus_roles', /who may do what/],
		['directus_flows', /config/],
		['data_sync_remote_sources', /sends its changes/],
	])('refuses %s and says why', (collection, why) => {
		const own = SYNC_SCHEMA.collections['tags'];
		if (!own) throw new Error('the schema has tags');
		const schema = { ...SYNC_SCHEMA, collections: { ...SYNC_SCHEMA.collections, [collection]: own } };
		expect(checkSyncRules([{ collection, fields: ['*'] }], schema).issues).toEqual([
			{ path: '/0/collection', code: 'refused_collection', message: expect.stringMatching(why) },
		]);
	});

	it('takes files and folders', () => {
		const rules = ['directus_files', 'directus_folders'].map((collection) => ({ collection, fields: ['*'] }));
		expect(issuesOf(...rules)).toEqual([]);
	});

	it('turns only the wrong rule off', () => {
		const { rules } = check(articles({ fields: ['titel'] }), { collection: 'authors', fields: ['name'] });
		expect(rules).toEqual([null, expect.objectContaining({ collection: 'authors' })]);
	});
});

describe('checkSyncOptions', () => {
	it('has what flush has for the same things, and its own defaults', () => {
		expect(checkSyncOptions(null)).toEqual({
			issues: [],
			options: {
				batch_size: 500,
				max_wait_ms: 50,
				hold_max_ms: 3_600_000,
				timeout_ms: 60_000,
				on_release: false,
				retry: { tries: 10, min_ms: 1_000, max_ms: 65_536_000 },
			},
		});
	});

	it.each([
		[{ batch_size: 1_001 }, '/batch_size too_big'],
		[{ batchsize: 5 }, '/batchsize unknown_key'],
		[{ user_fallback: 'someone' }, '/user_fallback invalid_format'],
		[{ retry: { tries: 0 } }, '/retry/tries too_small'],
		[7, ' invalid_type'],
	])('%j: %s', (options, issue) => {
		expect(checkSyncOptions(options).issues.map(({ path, code }) => `${path} ${code}`)).toEqual([issue]);
	});
});

describe('checkRemoteSource', () => {
	const source = { url: 'https://other.example', schema: [articles()], options: null };
	const paths = (row: object) => checkRemoteSource({ ...source, ...row }, SYNC_SCHEMA).map(({ path }) => path);

	it('finds nothing wrong with one that is right, stored as text or not', () => {
		expect(paths({})).toEqual([]);
		expect(paths({ schema: JSON.stringify([articles()]), options: '{"batch_size":10}' })).toEqual([]);
	});

	it('points into the field that is wrong', () => {
		expect(paths({ schema: [articles({ fields: ['titel'] })], options: { batch_size: 0 } })).toEqual([
			'/schema/0/fields/0',
			'/options/batch_size',
		]);
	});

	it.each([
		['', 'is not a URL'],
		['other.example', 'is not a URL'],
		['ftp://other.example', 'not a protocol'],
		['https://me:pw@other.example', 'user or password'],
		['https://other.example/directus/admin/content', 'expected https://other.example/directus'],
		['https://other.example/?x=1', 'expected https://other.example'],
	])('refuses the address "%s"', (url, why) => {
		expect(checkRemoteSource({ ...source, url }, SYNC_SCHEMA)).toEqual([
			{ path: '/url', code: 'invalid_url', message: expect.stringContaining(why) },
		]);
	});
});
