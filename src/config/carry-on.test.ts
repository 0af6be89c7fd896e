import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planConfig } from './core/plan/plan-config.js';
import { bundleWith, schemaWith, targetWith } from '../../test/fixtures/plan-world.js';
import { plannedSnapshot } from './core/schema/schema-diff.js';
import { isApplied, isSchemaChange } from './schema-steps.js';
import { carriedOn } from './take-back.js';
import type { Trace } from './ports.js';

const before = schemaWith({ articles: { title: {}, old: {}, note: {} }, gone: { id: {} } });
const after = schemaWith({
	articles: {
		title: { meta: { collection: 'articles', field: 'title', interface: 'input', note: 'New' } },
		note: {},
		added: {},
	},
	made: { id: {} },
});
const { changes } = planConfig(targetWith(bundleWith({}, before), bundleWith({}, after), { mirror: true })).plan;
const steps = changes.filter((change) => isApplied(change) && isSchemaChange(change));
const plan = {
	version: 1 as const,
	fingerprint: '',
	changes,
	adoptions: [],
	summary: { create: 0, update: 0, delete: 0, none: 0, kept: 0 },
};
const trace: Trace = { before: bundleWith({}, before), after: bundleWith({}, after), localIds: {} };

const named = ({ schema }: { schema: typeof before | null }) => ({
	collections: schema?.collections.map(({ collection }) => collection).toSorted(),
	fields: schema?.fields
		.map(({ collection, field, meta }) => `${collection}.${field} ${JSON.stringify(meta)}`)
		.toSorted(),
});

test('a push that was broken off after any of its steps is finished or undone', () => {
	fc.assert(
		fc.property(fc.subarray(steps), (done) => {
			const half = bundleWith({}, plannedSnapshot(before, after, done));
			expect(named(carriedOn(plan, trace, half, 'finish'))).toEqual(named({ schema: after }));
			expect(named(carriedOn(plan, trace, half, 'undo'))).toEqual(named({ schema: before }));
		}),
	);
});
