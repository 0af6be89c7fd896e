import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameJson } from './diff-values.js';
import { movedBetween, valueAt } from './moved-values.js';
import { planConfig } from './plan-config.js';
import { bundleWith, targetWith } from '../../../../test/fixtures/plan-world.js';

const role = (id: string, values: object = {}) => ({ _syncId: id, name: id, icon: 'person', parent: null, ...values });
const planFor = (current: object[], wanted: object[]) =>
	planConfig(targetWith(bundleWith({ roles: current as never }), bundleWith({ roles: wanted as never }))).plan;

describe('what moved since a plan was made', () => {
	const wanted = [role('a', { name: 'Wanted' }), role('b')];

	it('is reported with element, field, old and new value', () => {
		const before = planFor([role('a', { name: 'Old' }), role('b')], wanted);
		const now = [role('a', { name: 'By hand' }), role('b', { icon: 'star' })];
		expect(movedBetween(before, planFor(now, wanted))).toMatchObject([
			{
				path: 'roles:a',
				message: '"name" of roles "Wanted" was "Old" and is "By hand" now',
				moved: { field: 'name', from: 'Old', to: 'By hand' },
			},
			{ path: 'roles:b', moved: { field: 'icon', from: 'person', to: 'star' } },
		]);
	});

	it('reports elements that appeared, vanished, or are already as wanted', () => {
		const before = planFor([role('a', { name: 'Old' }), role('c')], wanted);
		const moved = movedBetween(before, planFor([role('a', { name: 'Wanted' }), role('b')], wanted));
		expect(moved.map(({ message }) => message).toSorted()).toEqual([
			'"name" of roles "Wanted" was "Old" and is "Wanted" now',
			'roles "b" exists already',
			'roles "c" does not exist any more',
		]);
	});

	it('never tells a credential', () => {
		const flows = [{ _syncId: 'f', name: 'F' }];
		const planOf = (token: string) =>
			planConfig(
				targetWith(
					bundleWith({
						flows,
						operations: [{ _syncId: 'o', flow: 'f', key: 'k', type: 'request', options: { token } }],
					}),
					bundleWith({
						flows,
						operations: [{ _syncId: 'o', flow: 'f', key: 'k', type: 'request', options: { token: 'third' } }],
					}),
				),
			).plan;
		const moved = movedBetween(planOf('first'), planOf('second'));
		expect(moved).toMatchObject([{ path: 'operations:o', moved: { field: 'options.token' } }]);
		expect(JSON.stringify(moved)).not.toMatch(/first|second|third/);
	});

	it('is each value that was edited, and no other (seed 25)', () => {
		const values = fc.record({ name: fc.string(), icon: fc.constantFrom('person', 'star'), description: fc.string() });
		const roles = fc
			.array(values, { minLength: 3, maxLength: 3 })
			.map((list) => list.map((one, index) => role(`r${index}`, one)));
		fc.assert(
			fc.property(roles, roles, roles, (old, now, end) => {
				const moved = movedBetween(planFor(old, end), planFor(now, end)).map(
					({ path, moved: one }) => `${path} ${one?.field}`,
				);
				const edited = old.flatMap((one, index) =>
					['name', 'icon', 'description']
						.filter((field) => !sameJson(Object(one)[field], Object(now[index])[field]))
						.map((field) => `roles:r${index} ${field}`),
				);
				expect(moved.toSorted()).toEqual(edited.toSorted());
			}),
			{ seed: 25, numRuns: 200 },
		);
	});
});

it('a path of a plan leads to its value', () => {
	const options = { 'a.b': { c: 1 }, headers: [{ header: 'Accept', value: 'x' }] };
	expect(valueAt(options, '.a.b.c')).toBe(1);
	expect(valueAt(options, '.headers[Accept].value')).toBe('x');
	expect(valueAt(options, '.headers[Other].value')).toBeUndefined();
});
