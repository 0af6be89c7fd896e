import { describe, expect, it } from 'vitest';
import { parseTemplate, renderTemplates } from './template.js';

describe('templates', () => {
	it('put values in their places', () =>
		expect(renderTemplates(['/blog/{{slug}}', 'article:{{ id }}', 'articles'], { id: 7, slug: 'a' })).toEqual([
			'/blog/a',
			'article:7',
			'articles',
		]));
	it('know the filters of Liquid', () =>
		expect(
			renderTemplates(['{{ title | slugify }}', '{{ slug | default: id }}'], {
				id: 7,
				title: 'Hello There',
				slug: null,
			}),
		).toEqual(['hello-there', '7']));
	it('give one string for each element of a list', () => {
		const item = { tags: [{ tags_id: { name: 'a' } }, { tags_id: { name: 'b' } }, { tags_id: null }] };
		expect(renderTemplates(['/tag/{{tags.tags_id.name}}'], item)).toEqual(['/tag/a', '/tag/b']);
	});
	it('combine values of one list per element, and of two lists in every combination', () => {
		const translations = [
			{ code: 'nl', slug: 'een' },
			{ code: 'en', slug: 'one' },
		];
		expect(renderTemplates(['/{{translations.code}}/{{translations.slug}}'], { translations })).toEqual([
			'/nl/een',
			'/en/one',
		]);
		expect(renderTemplates(['{{a.x}}-{{b.y}}'], { a: [{ x: 1 }, { x: 2 }], b: [{ y: 3 }, { y: 4 }] })).toEqual([
			'1-3',
			'1-4',
			'2-3',
			'2-4',
		]);
	});
	it("give nothing where a value is missing: /blog/ is nobody's page", () => {
		expect(renderTemplates(['/blog/{{slug}}', '{{author.name}}'], { slug: null, author: null })).toEqual([]);
		expect(renderTemplates(['/blog/{{slug}}'], { slug: '' })).toEqual([]);
	});
	it('reach nothing but the item', () => {
		const item = Object.create({ inherited: 'secret' }) as Record<string, unknown>;
		item['own'] = 'x';
		expect(
			renderTemplates(
				['{{inherited}}', '{{constructor.name}}', '{{__proto__.inherited}}', '{{own.constructor.name}}'],
				item,
			),
		).toEqual([]);
	});
	it('say what they read, and what is wrong with them', () => {
		expect(parseTemplate('/{{author.slug}}/{{slug | upcase}}')).toEqual({
			ok: true,
			template: { source: '/{{author.slug}}/{{slug | upcase}}', paths: ['author.slug', 'slug'] },
		});
		expect(parseTemplate('{{ slug').ok).toBe(false);
		expect(parseTemplate('{{ slug | nofilter }}').ok).toBe(false);
		expect(parseTemplate('{% for i in (1..1000000000) %}{% endfor %}')).toEqual({
			ok: false,
			message: expect.stringContaining('{% tags %}'),
		});
		expect(parseTemplate('{% include "x" %}').ok).toBe(false);
	});
});

it('makes no more of long lists than is rendered', () => {
	let read = 0;
	const list = (name: string) =>
		Array.from({ length: 2_000 }, (_, index) => ({
			get [name]() {
				read += 1;
				return `${name}${index}`;
			},
		}));
	const rendered = renderTemplates(['{{a.x}}-{{b.y}}-{{c.z}}'], { a: list('x'), b: list('y'), c: list('z') });
	expect(rendered).toHaveLength(1_000);
	expect(rendered.slice(0, 2)).toEqual(['x0-y0-z0', 'x0-y0-z1']);
	expect(read).toBeLessThan(10_000);
});

it('gives nothing, and does not throw, where a value is too large to work on', () => {
	const body = 'a'.repeat(3_000_000);
	expect(renderTemplates(['{{ body | replace: "a", "aaaaaaaa" | size }}', 'all'], { body })).toEqual(['all']);
});
