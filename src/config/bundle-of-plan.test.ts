import { expect, test } from 'vitest';
import type { Bundle } from '../contract/bundle.js';
import { bundleOf } from './core/elements/bundle-of.js';
import { counter, EVERYTHING, exampleState } from '../../test/fixtures/example-state.js';
import { planConfig } from './core/plan/plan-config.js';
import type { Plan } from '../contract/plan.js';
import { bundleOfPlan } from './bundle-of-plan.js';
import { ConfigRefusal } from './refusal.js';
import { isApplied } from './schema-steps.js';

const state = exampleState();
const { bundle: current, newIds } = bundleOf(state, EVERYTHING, counter());
const found = { state, current, newIds };

const planOf = (wanted: Bundle): Plan =>
	planConfig({ ...found, wanted, options: { mirror: true, consent: null } }).plan;
const applied = ({ changes }: Plan) => changes.filter(isApplied);

function changed(change: (bundle: Bundle) => void): Bundle {
	const bundle = structuredClone(current);
	change(bundle);
	return bundle;
}

function refused(work: () => unknown): ConfigRefusal {
	try {
		work();
	} catch (error) {
		if (error instanceof ConfigRefusal) return error;
	}
	throw new Error('it was not refused');
}

/** Whether a plan alone leads to the same steps as the bundle that it was made from. */
function expectSameSteps(wanted: Bundle): void {
	const plan = planOf(wanted);
	const again = bundleOfPlan(plan, found, { consent: null });
	const steps = planConfig({ ...found, wanted: again.wanted, options: again.options }).plan;
	expect(applied(plan).length).toBeGreaterThan(0);
	expect(applied(steps)).toEqual(applied(plan));
}

test('a plan of creations, changes and deletions leads to the same steps as its bundle', () => {
	expectSameSteps(
		changed(({ elements, schema }) => {
			for (const role of elements.roles ?? []) role['description'] = 'Changed.';
			for (const flow of elements.flows ?? []) if (flow['options']) flow['options'] = { method: 'GET', async: true };
			elements.folders?.push({ _syncId: 'a-new-folder', name: 'New', parent: null });
			elements.panels = [];
			schema?.collections.push({ collection: 'pages', meta: { collection: 'pages' }, schema: { name: 'pages' } });
			schema?.fields.push({
				collection: 'pages',
				field: 'id',
				type: 'integer',
				meta: {},
				schema: { is_primary_key: true },
			});
		}),
	);
});

test('keys with dots and brackets in them are found all the same', () => {
	const state = exampleState();
	for (const flow of state.rows.flows) flow['options'] = { 'a.b': { 'c[d]': 1, other: true }, a: { b: 2 } };
	const { bundle, newIds } = bundleOf(state, EVERYTHING, counter());
	const wanted = structuredClone(bundle);
	for (const flow of wanted.elements.flows ?? []) flow['options'] = { 'a.b': { 'c[d]': 9, other: true }, a: { b: 3 } };
	const { plan } = planConfig({ state, current: bundle, newIds, wanted, options: { consent: null } });
	const again = bundleOfPlan(plan, { state, current: bundle, newIds }, { consent: null });
	expect(again.wanted.elements.flows).toEqual(wanted.elements.flows);
});

test('where a new entry stands in a list only the bundle says', () => {
	const module = (id: string) => ({ type: 'module', id, enabled: true });
	const state = exampleState();
	for (const settings of state.rows.settings) settings['module_bar'] = [module('content'), module('users')];
	const { bundle, newIds } = bundleOf(state, EVERYTHING, counter());
	const wanted = structuredClone(bundle);
	for (const settings of wanted.elements.settings ?? [])
		settings['module_bar'] = [module('files'), module('content'), { ...module('users'), enabled: false }];
	const { plan } = planConfig({ state, current: bundle, newIds, wanted, options: { consent: null } });
	const refusal = refused(() => bundleOfPlan(plan, { state, current: bundle, newIds }, {}));
	expect(refusal.status).toBe(400);
	expect(refusal.details['issues']).toMatchObject([{ code: 'needs_bundle' }]);
});

test('a plan whose steps find something else is refused, all of them at once', () => {
	const wanted = changed(({ elements }) => {
		for (const role of elements.roles ?? []) role['name'] = 'Planned.';
		elements.folders?.push({ _syncId: 'a-new-folder', name: 'New', parent: null });
	});
	const plan = planOf(wanted);
	const moved = changed(({ elements }) => {
		for (const role of elements.roles ?? []) role['name'] = 'By somebody else.';
		elements.folders?.push({ _syncId: 'a-new-folder', name: 'Other', parent: null });
	});
	const refusal = refused(() => bundleOfPlan(plan, { ...found, current: moved }, {}));
	expect(refusal.status).toBe(409);
	expect(refusal.details['issues']).toHaveLength((current.elements.roles?.length ?? 0) + 1);
	const gone = changed(({ elements }) => void (elements.roles = []));
	expect(refused(() => bundleOfPlan(plan, { ...found, current: gone }, {})).status).toBe(409);
});
