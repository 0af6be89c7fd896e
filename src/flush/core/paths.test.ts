import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageUrl } from '../adapters/page-url.js';
import { renderPaths } from '../../kernel/core/template.js';

const SITE = 'https://example.com';
/** What a front end links to, and a browser then asks for: the value as one or several parts of the path. */
const frontEnd = (slug: string) => new URL(`${SITE}/blog/${slug.split('/').map(encodeURIComponent).join('/')}`).href;
const purged = (slug: string) => renderPaths(['/blog/{{slug}}'], { slug }).map((path) => pageUrl(path, SITE));

describe('a path made of values', () => {
	it.each([
		'c#sharp',
		'a+b',
		'what?',
		'100%',
		'100%25',
		'a&b;c',
		' a b ',
		'über',
		'日本',
		'a/b',
		"it's",
		'😀',
		'a\\b',
		'%2F',
	])('is the URL that a front end makes of %j', (slug) => expect(purged(slug)).toEqual([frontEnd(slug)]));

	it('is so for every value', () => {
		const slug = fc
			.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
			.filter((text) => !/^\.{1,2}$/.test(text) && !text.split('/').some((part) => /^\.{1,2}$/.test(part)));
		fc.assert(
			fc.property(slug, (text) => {
				expect(purged(text)).toEqual([frontEnd(text)]);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('leaves alone what a template encodes itself, or calls raw', () => {
		const item = { slug: 'a b#c' };
		expect(renderPaths(['/x/{{ slug | url_encode }}', '/y/{{ slug | raw }}', '/z/{{ slug | slugify }}'], item)).toEqual(
			['/x/a+b%23c', '/y/a b#c', '/z/a-b-c'],
		);
	});

	it('takes a value that is a path or a URL for one', () => {
		const item = { permalink: '/über/uns?x=1&y=%20', url: 'https://example.com/a%20b?q=ü' };
		expect(renderPaths(['{{permalink}}', '{{url}}'], item)).toEqual([
			'/%C3%BCber/uns?x=1&y=%20',
			'https://example.com/a%20b?q=%C3%BC',
		]);
	});

	it('does not fail on half a character', () => {
		expect(purged('a\ud800b')).toEqual([`${SITE}/blog/a%EF%BF%BDb`]);
	});
});
