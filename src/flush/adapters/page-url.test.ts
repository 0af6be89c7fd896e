import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageUrl } from './page-url.js';

test.each([
	['/blog/a', 'https://example.com', 'https://example.com/blog/a'],
	['blog/a', 'https://example.com/', 'https://example.com/blog/a'],
	['/blog/a', 'https://example.com/shop/', 'https://example.com/shop/blog/a'],
	['https://example.com/shop/b?x=1#y', 'https://example.com/shop', 'https://example.com/shop/b?x=1'],
	['/é', 'https://example.com', 'https://example.com/%C3%A9'],
])('%s on %s is %s', (path, site, url) => {
	expect(pageUrl(path, site)).toBe(url);
});

test('no path leads away from the host of the site', () => {
	const nasty = fc.constantFrom(
		'//evil.test/x',
		'@evil.test',
		'https://evil.test/',
		'\\\\evil.test',
		':8080/x',
		'/../../x',
		'.evil.test',
	);
	fc.assert(
		fc.property(fc.oneof(nasty, fc.string(), fc.webUrl()), (path) => {
			expect(new URL(pageUrl(path, 'https://example.com/shop')).origin).toBe('https://example.com');
		}),
	);
});

test('a site that is no URL gives none', () => {
	expect(new URL(pageUrl('http://evil.test/', 'nonsense')).protocol).toBe('invalid:');
});
