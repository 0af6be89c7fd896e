import { describe, expect, it } from 'vitest';
import { uuid } from '../../../../test/fixtures/example-state.js';
import { planConfig } from './plan-config.js';
import { applyPlan, bundleWith, targetWith } from '../../../../test/fixtures/plan-world.js';

const operation = (flow: string, name: string, resolve: string | null) => ({
	_syncId: uuid(name),
	flow,
	key: name,
	type: 'log',
	resolve: resolve && uuid(resolve),
	reject: null,
});

/** Flows of operations that follow each other; the last one starts the first one again where it is a loop. */
function chains(flows: number, length: number, loop: boolean) {
	const ids = Array.from({ length: flows }, (_, index) => uuid(`flow ${index}`));
	return bundleWith({
		flows: ids.map((_syncId, index) => ({
			_syncId,
			name: `Flow ${index}`,
			status: 'active',
			operation: uuid(`${index}-0`),
		})),
		operations: ids.flatMap((flow, index) =>
			Array.from({ length }, (_, place) =>
				operation(flow, `${index}-${place}`, place + 1 < length ? `${index}-${place + 1}` : loop ? `${index}-0` : null),
			),
		),
	});
}

describe('the order of steps', () => {
	it.each([true, false])('takes one pass for 40 flows of 25 operations each, loops: %s', (loop) => {
		const [none, all] = [bundleWith({ flows: [], operations: [] }), chains(40, 25, loop)];
		const { plan, issues } = planConfig(targetWith(none, all));
		expect(issues).toEqual([]);
		// Beside one step for each, the flows get their first operation last, and each loop is closed last.
		expect(plan.changes).toHaveLength(40 + 1000 + 40 + (loop ? 40 : 0));
		applyPlan(plan.changes, none, all);
		const gone = planConfig(targetWith(all, none));
		expect(gone.issues).toEqual([]);
		applyPlan(gone.plan.changes, all, none);
	});

	it('turns a chain round, though no two operations may have the same next one', () => {
		const flow = uuid('flow');
		const flows = (first: string) => [{ _syncId: flow, name: 'Flow', operation: uuid(first) }];
		const current = bundleWith({
			flows: flows('a'),
			operations: [operation(flow, 'a', 'b'), operation(flow, 'b', 'c'), operation(flow, 'c', null)],
		});
		const wanted = bundleWith({
			flows: flows('c'),
			operations: [operation(flow, 'c', 'b'), operation(flow, 'b', 'a'), operation(flow, 'a', null)],
		});
		const { plan, issues } = planConfig(targetWith(current, wanted));
		expect(issues).toEqual([]);
		expect(() => applyPlan(plan.changes, current, wanted)).not.toThrow();
		expect(plan.summary).toMatchObject({ update: 4 });
	});

	it('lets two operations change places', () => {
		const flow = uuid('flow');
		const list = (next: [string, string]) =>
			bundleWith({
				flows: [{ _syncId: flow, name: 'Flow', operation: null }],
				operations: [
					operation(flow, 'a', next[0]),
					operation(flow, 'b', next[1]),
					operation(flow, 'x', null),
					operation(flow, 'y', null),
				],
			});
		const { plan } = planConfig(targetWith(list(['x', 'y']), list(['y', 'x'])));
		expect(plan.changes.map(({ name, fields, completes }) => [name, fields[0]?.to, completes])).toEqual([
			['Flow › b', null, false],
			['Flow › a', uuid('y'), false],
			['Flow › b', uuid('x'), true],
		]);
	});

	it('stops flows before it starts others, where a licence counts them', () => {
		const flows = (active: string) =>
			['a', 'b'].map((name) => ({ _syncId: uuid(name), name, status: name === active ? 'active' : 'inactive' }));
		const input = targetWith(bundleWith({ flows: flows('b') }), bundleWith({ flows: flows('a') }));
		input.state.limits.flows = { used: 1, limit: 1 };
		const { plan, issues } = planConfig(input);
		expect(issues).toEqual([]);
		expect(plan.changes.map(({ name }) => name)).toEqual(['b', 'a']);
	});

	it('waits for elements that are only referred to in JSON', () => {
		const wanted = bundleWith({
			roles: [{ _syncId: uuid('role'), name: 'Editor' }],
			settings: [{ _syncId: '_sync_default_settings', module_bar: [{ url: `/insights/${uuid('board')}` }] }],
			dashboards: [{ _syncId: uuid('board'), name: 'Sales' }],
		});
		const { plan } = planConfig(targetWith(bundleWith({}), wanted));
		expect(plan.changes.find(({ kind }) => kind === 'settings')?.after).toEqual([
			{ step: `dashboards:${uuid('board')}`, because: 'module_bar.url' },
		]);
	});

	it('allows translations to swap keys, and to reuse a freed one', () => {
		const words = (a: string, b: string) =>
			bundleWith({
				translations: [
					['1', a],
					['2', b],
				].map(([_syncId, key]) => ({ _syncId, key, language: 'de-DE', value: 'x' })),
			});
		const swapped = planConfig(targetWith(words('a', 'b'), words('b', 'a')));
		expect(swapped).toMatchObject({ issues: [], plan: { summary: { update: 2 } } });
		expect(planConfig(targetWith(words('a', 'b'), words('b', 'c'))).plan.changes.map(({ sync_id }) => sync_id)).toEqual(
			['2', '1'],
		);
	});
});
