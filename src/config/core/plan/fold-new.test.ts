import { describe, expect, it } from 'vitest';
import { FIVE_PROJECTS, projectConfig } from '../../../../test/config/five-projects.js';
import { bundleWith, schemaWith, targetWith } from '../../../../test/fixtures/plan-world.js';
import { plainPaint } from '../../../kernel/core/paint.js';
import type { Change } from '../../../contract/plan.js';
import { renderFields } from '../render/render-values.js';
import { renderMarkdown } from '../render/render-markdown.js';
import { renderPlan } from '../render/render-plan.js';
import { foldNew } from './fold-new.js';
import { planConfig } from './plan-config.js';

const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);

describe(`new collections (seed ${SEED})`, () => {
	const [shape] = FIVE_PROJECTS;
	if (!shape) throw new Error('no project');
	const wanted = projectConfig(shape, '12.4.0', SEED);
	const { plan } = planConfig(targetWith(bundleWith({}, schemaWith({})), wanted));

	it('are shown with all their fields, in far fewer lines than there are fields', () => {
		const text = renderPlan(plan, { paint: plainPaint, width: 100 });
		const lines = text.slice(text.indexOf('Collections +'), text.indexOf('Flows +')).split('\n');
		expect(lines.length).toBeLessThan((wanted.schema?.fields.length ?? 0) * 0.7);
		for (const { collection, field, type } of wanted.schema?.fields ?? []) {
			const at = lines.indexOf(`  + ${collection}`);
			if (at < 0) expect(lines).toContain(`  + ${collection}.${field}`);
			else {
				const end = lines.findIndex((line, index) => index > at && !line.startsWith('      '));
				const own = lines.slice(at + 1, end).map((line) => line.trim());
				expect(
					own
						.join(' · ')
						.split(' · ')
						.some((part) => part === `${field} ${String(type)}` || part.startsWith(`${field} ${String(type)} → `)),
					`${collection}.${field}`,
				).toBe(true);
			}
		}
		expect(text).toContain('belongs_to');
		expect(renderMarkdown(plan, { target: null }).length).toBeLessThanOrEqual(60_000);
	});

	it('keep an entry for each field that carries a risk, and where everything is shown', () => {
		const risky = plan.changes.map((change) =>
			change.kind === 'fields' ? { ...change, risk: ['secret' as const] } : change,
		);
		expect(foldNew(risky).filter(({ kind }) => kind === 'fields')).toHaveLength(wanted.schema?.fields.length ?? 0);
		const full = renderPlan(plan, { paint: plainPaint, width: 100, full: true });
		expect(full).toContain('Fields +');
	});
});

it('of a long value that is changed, only what differs is shown', () => {
	const list = Array.from({ length: 30 }, (_, index) => ({ name: `step ${index}`, note: 'n'.repeat(20) }));
	const after = list.map((entry) => (entry.name === 'step 20' ? { ...entry, note: 'another one' } : entry));
	const change = { action: 'update', fields: [{ field: 'options', from: list, to: after }] } as unknown as Change;
	const text = renderFields(change, plainPaint, 100).join('\n');
	expect(text).toContain('lines the same');
	expect(text).toContain('"note": "another one"');
	expect(text).not.toContain('step 5');
});
