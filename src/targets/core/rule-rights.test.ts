import { expect, test } from 'vitest';
import { SCHEMA } from '../../../test/schema-overview.js';
import { readTarget } from '../../flush/core/read-target.js';
import { flushRightsIssues, syncRightsIssues, type ReadPermission } from './rule-rights.js';
import { readRemoteSource } from '../../sync/core/rules/read-remote-source.js';

const may = (collection: string, fields = ['*'], filter: ReadPermission['filter'] = null): ReadPermission => ({
	collection,
	fields,
	filter,
});
const PUBLISHED = { status: { _eq: 'published' } };

/** What is wrong with a rule about articles for somebody with these permissions. */
function refusalsOf(rule: object, permissions: ReadPermission[]): string[] {
	const { rules, issues } = readTarget({ schema: [{ collection: 'articles', ...rule }] }, 'target', SCHEMA);
	expect(issues).toEqual([]);
	return flushRightsIssues(rules, permissions, SCHEMA, 'you').map(
		({ path, message }) => `${path} ${message.split(',')[0]}`,
	);
}

test.each<[string, object, ReadPermission[], string[]]>([
	['all fields', { payload: ['title'] }, [may('articles')], []],
	['the fields', { payload: ['title'] }, [may('articles', ['id', 'title'])], []],
	['fields of two policies', { payload: ['title'] }, [may('articles', ['id']), may('articles', ['title'])], []],
	['nothing', { payload: ['title'] }, [], ['"id" of articles', '"title" of articles']],
	['another field', { payload: ['title'] }, [may('articles', ['id', 'slug'])], ['"title" of articles']],
	[
		'not all of "*"',
		{ payload: ['*'] },
		[may('articles', ['id', 'status', 'title', 'slug', 'rating', 'featured', 'seo', 'author'])],
		['"published_at" of articles'],
	],
	['not what it leads to', { payload: ['author.name'] }, [may('articles')], ['"name" of authors']],
	['what it leads to', { payload: ['author.name'] }, [may('articles'), may('authors')], []],
	[
		'not what a template leads to',
		{ payload: [], tags: ['{{author.name}}'] },
		[may('articles')],
		['"name" of authors'],
	],
	[
		'not what a filter asks',
		{ payload: [], when: { author: { name: { _eq: 'A' } } } },
		[may('articles')],
		['"name" of authors'],
	],
	[
		'not what a deep filter asks',
		{ payload: [], when: { _or: [{ _and: [{ rating: { _gt: 3 } }] }] } },
		[may('articles', ['id'])],
		['"rating" of articles'],
	],
	[
		'not what "changed" tells of',
		{ payload: [], changed: ['rating'] },
		[may('articles', ['id'])],
		['"rating" of articles'],
	],
	[
		'not the junction',
		{ payload: [], via: ['tags'] },
		[may('articles')],
		['"articles_id" of articles_tags', '"tags_id" of articles_tags'],
	],
	['the junction', { payload: [], via: ['tags'] }, [may('articles'), may('articles_tags')], []],
])('a rule and somebody who may read %s', (_, rule, permissions, refused) => {
	expect(refusalsOf(rule, permissions)).toEqual(refused.map((what) => `/0 you may not read ${what}`));
});

test('needs a "when" that asks for what an item permission does', () => {
	const permissions = [may('articles', ['*'], PUBLISHED)];
	const some = ['/0 you may read "id" of only some items of articles'];
	expect(refusalsOf({ payload: [] }, permissions)).toEqual(some);
	expect(refusalsOf({ payload: ['title'], when: PUBLISHED }, permissions)).toEqual([]);
	expect(refusalsOf({ payload: [], when: { _and: [{ rating: { _gt: 1 } }, PUBLISHED] } }, permissions)).toEqual([]);
	expect(refusalsOf({ payload: ['id'], when: { _or: [PUBLISHED] } }, permissions).length).toBeGreaterThan(0);
	expect(refusalsOf({ payload: [], when: { status: { _eq: 'draft' } } }, permissions).length).toBeGreaterThan(0);
});

test('asks for a right to read of what a remote source sends, not of what it takes in', () => {
	const issues = (rule: object) =>
		syncRightsIssues(
			readRemoteSource({ schema: [{ collection: 'authors', fields: ['name'], ...rule }] }, 's', SCHEMA).rules,
			[],
			SCHEMA,
			'you',
		);
	expect(issues({}).map(({ code }) => code)).toContain('not_permitted');
	expect(issues({ direction: 'both' }).length).toBeGreaterThan(0);
	expect(issues({ direction: 'pull' })).toEqual([]);
});
