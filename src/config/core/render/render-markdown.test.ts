import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planConfig } from '../plan/plan-config.js';
import { bundleWith, schemaWith, targetWith } from '../../../../test/fixtures/plan-world.js';
import { plainPaint } from '../../../kernel/core/paint.js';
import { renderMarkdown, renderSummary } from './render-markdown.js';

const role = (id: string, name: string) => ({ _syncId: id, name, icon: 'person', parent: null });
const policy = (values: object) => ({ _syncId: 'p', name: 'Editors', admin_access: false, roles: [], ...values });
const mixed = planConfig(
	targetWith(
		bundleWith(
			{ roles: [role('a', 'Old'), role('gone', 'Guest')], policies: [policy({})], folders: [] },
			schemaWith({ articles: { title: {}, body: {} } }),
		),
		bundleWith(
			{
				roles: [role('a', 'New')],
				policies: [policy({ admin_access: true })],
				folders: [{ _syncId: 'f', name: 'Photos', parent: null }],
			},
			schemaWith({ articles: { title: {} } }),
		),
		{ facts: { valuesOf: { 'articles.body': 3 } } },
	),
).plan;

describe('a plan as Markdown', () => {
	it('has counts and risks on top, rights first, details folded', () => {
		const text = renderMarkdown(mixed, { target: 'https://example.com' });
		expect(text).toMatch(/^### Configuration: 1 new, 2 changed, 2 deleted\n\nA push to `https:\/\/example\.com`/);
		const order = ['| Roles | ', '| Policies | ', '| Fields | ', '[!WARNING]', '<summary>Roles', '<summary>Fields'];
		const places = order.map((part) => text.indexOf(part));
		expect(places).toEqual(places.toSorted((a, b) => a - b));
		expect(places).not.toContain(-1);
		expect(text).toMatch(/\*\*Values that people entered are lost:\*\* fields `articles\.body` \(3 values are lost\)/);
		expect(text).toContain('admin_access: false → true');
	});

	it('says that nothing changes, and what stands in the way', () => {
		const nothing = planConfig(targetWith(bundleWith({ roles: [] }), bundleWith({ roles: [] }))).plan;
		expect(renderMarkdown(nothing, { target: null })).toBe('### Configuration: no changes');
		const issue = { file: 'a.json', path: '/0', code: 'x', message: 'it is <b>wrong</b>', suggestion: 'correct it' };
		expect(renderMarkdown(mixed, { target: null, issues: [issue] })).toContain(
			'> - it is \\<b\\>wrong\\</b\\> (`a.json /0`): correct it',
		);
	});

	it('fits into a comment, and says what does not', () => {
		const roles = Array.from({ length: 1800 }, (_, index) => role(`r${index}`, `Role ${index} ${'x'.repeat(60)}`));
		const { plan } = planConfig(targetWith(bundleWith({ roles: [] }), bundleWith({ roles })));
		const text = renderMarkdown(plan, { target: null });
		expect(text.length).toBeLessThanOrEqual(60_000);
		expect(text).toMatch(/1800 new[^]*\+ Role 449 [^]*<\/details>\n\n_Too long for a comment: 1350 of roles\./);
	});

	it('is never broken by a name: no fence, tag, table or mention comes out of one (seed 5)', () => {
		const part = fc.constantFrom(
			'`',
			'```',
			'````',
			'<img src=x>',
			'</details>',
			'|',
			'\n',
			'@ann',
			'[a](b)',
			'x',
			'*',
			'#1',
		);
		fc.assert(
			fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
				const name = parts.join('');
				const { plan } = planConfig(
					targetWith(bundleWith({ roles: [role('a', 'Old')] }), bundleWith({ roles: [role('a', name)] })),
				);
				const lines = renderMarkdown(plan, { target: name }).split('\n');
				const fence = lines.find((line) => /^`{3,}diff$/.test(line))?.replace('diff', '') ?? '';
				expect(lines.filter((line) => line === fence)).toHaveLength(1);
				const inFence = lines.slice(lines.indexOf(`${fence}diff`), lines.lastIndexOf(fence) + 1);
				const outside = lines.filter((line) => !inFence.includes(line)).join('\n');
				// What is left once code spans are taken out.
				const bare = outside.replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
				expect(bare.replace(/<details( open)?><summary>[^<]*<\/summary>|<\/details>/g, '')).not.toMatch(/[<@]|\[a\]/);
				expect(bare.match(/<\/details>/g)).toHaveLength(1);
			}),
			{ seed: 5, numRuns: 200 },
		);
	});

	it('has a summary for a line in a log', () => {
		expect(renderSummary(mixed, plainPaint)).toMatch(
			/^\+ 1 to create {2}~ 2 to change {2}- 2 to delete[^]*change.* to who may do what/,
		);
	});
});
