import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bundle, ElementKind } from '../../../contract/bundle.js';
import { uuid } from '../../../../test/fixtures/example-state.js';
import { invertPlan } from './invert-plan.js';
import { planConfig } from './plan-config.js';
import { plan as planShape } from '../../../contract/plan.js';
import { applyPlan, bundleWith, targetWith } from '../../../../test/fixtures/plan-world.js';

type Random = (below: number) => number;

/** A configuration made by chance, in which every reference leads somewhere. Names of the same few elements come again. */
function anyBundle(random: Random): Bundle {
	const some = (kind: ElementKind, most: number) =>
		Array.from({ length: most }, (_, index) => uuid(`${kind} ${index}`)).filter(() => random(3) > 0);
	const pick = <Value>(from: readonly Value[]): Value | null =>
		from.length === 0 || random(3) === 0 ? null : (from[random(from.length)] ?? null);
	const [folders, roles, policies, flows, operations, dashboards] = [
		some('folders', 4),
		some('roles', 4),
		some('policies', 3),
		some('flows', 3),
		some('operations', 8),
		some('dashboards', 2),
	];
	const text = () => `text ${random(4)}`;
	/** Each at most once, in any order: chains, forks and loops. */
	const shuffled = (list: readonly string[]) => {
		const rest = [...list];
		return list.map(() => (random(3) === 0 ? null : (rest.splice(random(rest.length), 1)[0] ?? null)));
	};
	const below = (list: readonly string[], index: number) => pick(list.slice(0, index));
	const [resolves, rejects, firsts] = [shuffled(operations), shuffled(operations), shuffled(operations)];
	return bundleWith({
		settings: [
			{
				_syncId: '_sync_default_settings',
				project_name: text(),
				public_registration_role: pick(roles),
				storage_default_folder: pick(folders),
			},
		],
		folders: folders.map((_syncId, index) => ({ _syncId, name: text(), parent: below(folders, index) })),
		translations: some('translations', 4).map((_syncId) => ({
			_syncId,
			key: _syncId,
			language: 'de-DE',
			value: text(),
		})),
		roles: roles.map((_syncId, index) => ({ _syncId, name: text(), parent: below(roles, index) })),
		policies: policies.map((_syncId) => ({
			_syncId,
			name: text(),
			app_access: random(2) === 0,
			roles: roles.filter(() => random(2) === 0).map((role, sort) => ({ role, sort })),
		})),
		permissions:
			policies.length === 0
				? []
				: some('permissions', 6).map((_syncId) => ({
						_syncId,
						policy: policies[random(policies.length)],
						collection: 'articles',
						action: ['create', 'read', 'update'][random(3)],
						fields: [['*'], ['title']][random(2)],
						permissions: roles[0] && random(2) ? { role: { _eq: roles[0] } } : null,
					})),
		flows: flows.map((_syncId, index) => ({
			_syncId,
			name: text(),
			status: ['active', 'inactive'][random(2)],
			operation: firsts[index] ?? null,
			options: { async: random(2) === 0 },
		})),
		operations:
			flows.length === 0
				? []
				: operations.map((_syncId, index) => ({
						_syncId,
						flow: flows[random(flows.length)],
						key: `key_${index}`,
						type: 'trigger',
						resolve: resolves[index] ?? null,
						reject: rejects[index] ?? null,
						options: { flow: random(2) ? flows[random(flows.length)] : '{{$last.flow}}', note: text() },
					})),
		dashboards: dashboards.map((_syncId) => ({ _syncId, name: text() })),
		panels:
			dashboards.length === 0
				? []
				: some('panels', 4).map((_syncId) => ({
						_syncId,
						dashboard: dashboards[random(dashboards.length)],
						name: text(),
						type: 'label',
						position_x: random(3),
						position_y: 1,
						options: { text: text() },
					})),
		presets: some('presets', 3).map((_syncId) => ({
			_syncId,
			role: pick(roles),
			collection: 'articles',
			bookmark: text(),
		})),
	});
}

/** Operations that nobody refers to are no use where the flows are gone. */
const consistent = (bundle: Bundle): Bundle => {
	const { flows = [], operations = [] } = bundle.elements;
	if (operations.length > 0) return bundle;
	return { ...bundle, elements: { ...bundle.elements, flows: flows.map((flow) => ({ ...flow, operation: null })) } };
};

const anyPair = fc.infiniteStream(fc.nat({ max: 1_000_000 })).map((stream): [Bundle, Bundle] => {
	const random: Random = (below) => (stream.next().value ?? 0) % below;
	return [consistent(anyBundle(random)), consistent(anyBundle(random))];
});

const sorted = ({ elements, schema }: Bundle) => ({
	schema,
	elements: Object.fromEntries(
		Object.entries(elements).map(([kind, list]) => [kind, [...list].sort((a, b) => (a._syncId < b._syncId ? -1 : 1))]),
	),
});

const RUNS = { numRuns: 100 };
/** For a machine that has much else to do. */
const PATIENCE = 60_000;

describe('any plan', () => {
	it(
		'makes of any configuration any other one, in an order that a database accepts',
		() => {
			fc.assert(
				fc.property(anyPair, ([current, wanted]) => {
					const { plan, issues } = planConfig(targetWith(current, wanted));
					expect(issues).toEqual([]);
					expect(sorted(applyPlan(plan.changes, current, wanted))).toEqual(sorted(wanted));
				}),
				RUNS,
			);
		},
		PATIENCE,
	);

	it(
		'has nothing left to do once it was applied',
		() => {
			fc.assert(
				fc.property(anyPair, ([current, wanted]) => {
					const { plan } = planConfig(targetWith(current, wanted));
					const again = planConfig(targetWith(applyPlan(plan.changes, current, wanted), wanted));
					expect(again.plan.changes).toEqual([]);
					expect(again.plan.summary).toMatchObject({ create: 0, update: 0, delete: 0, kept: 0 });
				}),
				RUNS,
			);
		},
		PATIENCE,
	);

	it(
		'can be taken back',
		() => {
			fc.assert(
				fc.property(anyPair, ([before, wanted]) => {
					const { plan } = planConfig(targetWith(before, wanted));
					const current = applyPlan(plan.changes, before, wanted);
					const inverse = invertPlan(plan, { before, after: current, current });
					expect(inverse.drifted).toEqual([]);
					const back = planConfig(targetWith(current, inverse.wanted, { mirror: true }));
					expect(back.issues).toEqual([]);
					expect(sorted(applyPlan(back.plan.changes, current, inverse.wanted))).toEqual(sorted(before));
				}),
				RUNS,
			);
		},
		PATIENCE,
	);

	it(
		'can be applied in part: what was chosen, with what that needs',
		() => {
			fc.assert(
				fc.property(anyPair, fc.nat(), ([current, wanted], chosen) => {
					const { plan } = planConfig(targetWith(current, wanted));
					const change = plan.changes[chosen % Math.max(1, plan.changes.length)];
					if (!change) return;
					const step = `${change.kind}:${change.sync_id}`;
					const part = planConfig(targetWith(current, wanted, { select: { elements: [step] } }));
					expect(part.issues).toEqual([]);
					expect(part.plan.changes.length).toBeLessThanOrEqual(plan.changes.length);
					const left = applyPlan(part.plan.changes, current, wanted);
					const rest = planConfig(targetWith(left, wanted)).plan.changes;
					expect(rest.map(({ kind, sync_id }) => `${kind}:${sync_id}`)).not.toContain(step);
				}),
				RUNS,
			);
		},
		PATIENCE,
	);

	it(
		'survives being written to a file',
		() => {
			fc.assert(
				fc.property(anyPair, ([current, wanted]) => {
					const { plan } = planConfig(targetWith(current, wanted));
					const read = planShape.parse(JSON.parse(JSON.stringify(plan)));
					expect(applyPlan(read.changes, current, wanted)).toEqual(applyPlan(plan.changes, current, wanted));
				}),
				{ numRuns: 50 },
			);
		},
		PATIENCE,
	);
});
