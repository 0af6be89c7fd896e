import { describe, expect, it } from 'vitest';
import { LIMITS } from '../schema.js';
import { checkSyncOptions, checkSyncRules } from '../src/sync/core/rules/validate-sync-rules.js';
import { checkFlushOptions, checkFlushRules } from '../src/flush/core/validate-rules.js';
import { SYNC_SCHEMA } from './sync-schema.js';

const many = (count: number, entry: (index: number) => unknown = () => 'title') =>
	Array.from({ length: count }, (_, at) => entry(at));
const headers = (count: number, value: string) =>
	Object.fromEntries(many(count, (at) => [`x-${at}`, value]) as [string, string][]);
const flush = (more: object) => ({ collection: 'articles', events: ['update'], payload: ['title'], ...more });
const sync = (more: object) => ({ collection: 'articles', fields: ['title'], ...more });
const large = 'x'.repeat(LIMITS.rulesJson);

describe('what is too much is refused, and the error names the place', () => {
	it.each<[string, object]>([
		['/0/payload', flush({ payload: many(LIMITS.ruleFields + 1) })],
		['/0/changed', flush({ changed: many(LIMITS.ruleFields + 1) })],
		['/0/via', flush({ via: many(LIMITS.ruleTemplates + 1, () => 'author') })],
		['/0/tags', flush({ tags: many(LIMITS.ruleTemplates + 1, (at) => `tag-${at}`) })],
		['/0/paths', flush({ paths: many(LIMITS.ruleTemplates + 1, (at) => `/page/${at}`) })],
		['/0/tags/0', flush({ tags: ['x'.repeat(LIMITS.template + 1)] })],
		['/0/payload/0', flush({ payload: ['x'.repeat(256)] })],
		['/0/collection', flush({ collection: 'x'.repeat(256) })],
		['', flush({ when: { title: { _eq: large } } })],
	])('of a flush rule at "%s"', (path, rule) => {
		const { rules, issues } = checkFlushRules([rule], SYNC_SCHEMA);
		expect(rules.filter(Boolean)).toEqual([]);
		expect(issues.map((issue) => issue.path)).toContain(path);
		expect(issues[0]?.message.length).toBeLessThan(1_000);
	});

	it.each<[string, object]>([
		['/0/fields', sync({ fields: many(LIMITS.ruleFields + 1) })],
		['/0/match', sync({ match: many(101) })],
		['/0/rewrite_ids', sync({ rewrite_ids: many(LIMITS.ruleFields + 1) })],
		[
			'/0/references',
			sync({
				references: Object.fromEntries(many(LIMITS.ruleFields + 1, (at) => [`f${at}`, 'stop']) as [string, string][]),
			}),
		],
		['/0/fields/0', sync({ fields: ['x'.repeat(256)] })],
		['', sync({ when: { title: { _eq: large } } })],
	])('of a rule of a remote at "%s"', (path, rule) => {
		const { rules, issues } = checkSyncRules([rule], SYNC_SCHEMA);
		expect(rules.filter(Boolean)).toEqual([]);
		expect(issues.map((issue) => issue.path)).toContain(path);
	});

	it.each<[string, object]>([
		['/headers', { headers: headers(LIMITS.headers + 1, 'x') }],
		['/headers/x-0', { headers: headers(1, 'x'.repeat(LIMITS.headerValue + 1)) }],
		['', { headers: headers(LIMITS.headers, 'x'.repeat(LIMITS.headerValue)) }],
	])('of options at "%s"', (path, options) => {
		for (const { options: read, issues } of [checkFlushOptions('webhook', options), checkSyncOptions(options)]) {
			expect(read).toBeNull();
			expect(issues.map((issue) => issue.path)).toEqual([path]);
		}
	});

	it('but what people write is taken', () => {
		const rules = many(LIMITS.rules, () => flush({ tags: many(20, (at) => `article:{{id}}:${at}`) }));
		expect(checkFlushRules(rules, SYNC_SCHEMA).issues).toEqual([]);
		expect(checkFlushOptions('webhook', { headers: headers(20, 'x'.repeat(200)) }).issues).toEqual([]);
	});
});
