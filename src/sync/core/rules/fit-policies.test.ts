import { describe, expect, it } from 'vitest';
import type { CompiledSyncRule } from './compile-sync-rules.js';
import { fitPolicies } from './fit-policies.js';

const compiled = (rule: { on_delete_conflict: string; match?: string[] }) =>
	({ index: 2, rule: { collection: 'posts', ...rule } }) as unknown as CompiledSyncRule;

describe('the rules at both ends of a link', () => {
	it('are to answer a deletion alike, and to find items by the same fields', () => {
		const policies = { posts: { on_delete_conflict: 'delete', match: ['slug', 'site'] } };
		const found = fitPolicies(compiled({ on_delete_conflict: 'park', match: ['slug'] }), policies, 'Paris');
		expect(found).toMatchObject([
			{ path: '/schema/2/on_delete_conflict', code: 'other_delete_policy' },
			{ path: '/schema/2/match', code: 'other_match' },
		]);
		expect(found[0]?.message).toContain('"park" here and with "delete" at Paris');
		expect(found[1]?.message).toContain('by slug here and by slug and site at Paris');
	});

	it('agree whatever the order of the fields, and where the other side has no rule or is older', () => {
		const rule = compiled({ on_delete_conflict: 'park', match: ['site', 'slug'] });
		const same = { posts: { on_delete_conflict: 'park', match: ['slug', 'site'] } };
		expect(fitPolicies(rule, same, 'Paris')).toEqual([]);
		expect(fitPolicies(rule, {}, 'Paris')).toEqual([]);
		expect(fitPolicies(rule, undefined, 'Paris')).toEqual([]);
	});
});
