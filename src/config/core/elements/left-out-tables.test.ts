import { describe, expect, it } from 'vitest';
import { isAboutTable, leftOutBy, withoutTables } from './left-out-tables.js';
import { planConfig } from '../plan/plan-config.js';
import { bundleWith, schemaWith, targetWith } from '../../../../test/fixtures/plan-world.js';

describe('collections that are left out', () => {
	it.each([
		['tmp_*', ['tmp_', 'tmp_a'], ['tmp', 'a_tmp_b', 'TMP_a']],
		['*_log', ['x_log', '_log'], ['log', 'x_logs']],
		['a*c', ['ac', 'abbc'], ['abd', 'xac']],
		['plain', ['plain'], ['plain2', 'explain']],
		['a.b', ['a.b'], ['axb']],
		['*', ['anything'], []],
	])('by %s are these and no others', (pattern, left, kept) => {
		const isLeftOut = leftOutBy([pattern]);
		expect([...left, ...kept].filter(isLeftOut)).toEqual(left);
	});

	it('are all that a plan without them would drop', () => {
		const everything = schemaWith({ posts: { id: {}, title: {} }, tmp_a: { id: {} }, tmp_b: { id: {}, x: {} } });
		const isLeftOut = leftOutBy(['tmp_*']);
		const wanted = bundleWith({}, withoutTables(everything, isLeftOut));
		expect(wanted.schema?.collections.map(({ collection }) => collection)).toEqual(['posts']);
		const { plan } = planConfig(targetWith(bundleWith({}, everything), wanted, { mirror: true }));
		expect(plan.changes.length).toBeGreaterThan(0);
		expect(plan.changes.filter((change) => !isAboutTable(change, isLeftOut))).toEqual([]);
	});

	it('keep elements and extensions of the same name', () => {
		const steps = (['roles', 'extensions', 'collections'] as const).map((kind) => ({ kind, sync_id: 'tmp_a' }));
		const about = steps.filter((step) => isAboutTable(step as never, leftOutBy(['tmp_*'])));
		expect(about).toEqual([{ kind: 'collections', sync_id: 'tmp_a' }]);
	});
});
