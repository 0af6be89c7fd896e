import { expect, it } from 'vitest';
import { maskText, maskUrl, secretsOf, showRequest } from './mask.js';

it.each([
	['as it is', 'key=s3cret/"with" more', 's3cret/"with" more'],
	['URL-encoded', `https://example.com/?key=${encodeURIComponent('s3cret/"with" more')}`, 's3cret/"with" more'],
	['inside JSON', JSON.stringify({ key: 's3cret/"with" more' }), 's3cret/"with" more'],
	['with a line break inside JSON', JSON.stringify(['line\nbreak']), 'line\nbreak'],
])('hides a secret %s', (_, text, secret) => {
	const masked = maskText(text, [secret]);
	expect(masked).toContain('**********');
	expect(masked).not.toMatch(/s3cret|line/);
});

it('hides a credential whatever it is, and says by which scheme it went', () => {
	const request = {
		method: 'POST',
		url: 'https://example.com',
		headers: { Authorization: 'Bearer of something' },
		body: null,
	};
	expect(showRequest(request, []).headers).toEqual({ Authorization: 'Bearer **********' });
});

it.each([
	['https://example.com/hook?api_key=s3cret&page=2', 'https://example.com/hook?api_key=**********&page=2'],
	['https://example.com/?a=1;accessToken=s3cret#x', 'https://example.com/?a=1;accessToken=**********#x'],
	['https://user:s3cret@example.com/', 'https://**********@example.com/'],
	['https://example.com/?%74oken=s3cret', 'https://example.com/?%74oken=**********'],
	['https://example.com/?keyboard=de&monkey=1&code=', 'https://example.com/?keyboard=de&monkey=1&code='],
])('shows %s as %s', (url, shown) => expect(maskUrl(url)).toBe(shown));

it('knows what is secret of a target', () => {
	const target = {
		url: 'https://me:pa%20ss@example.com/?sig=a%20b&page=2',
		options: { headers: { 'X-Auth-Token': 'in-header', 'x-site': 'shop', authorization: 'Bearer in-bearer' } },
	};
	const secrets = secretsOf(target, { apiKey: 'the-key', signing: ['whsec_1'] });
	for (const secret of ['the-key', 'whsec_1', 'a b', 'a%20b', 'pa ss', 'in-header', 'in-bearer'])
		expect(secrets).toContain(secret);
	expect(secrets).not.toContain('shop');
});

it.each([
	['X-Tenant', 'sk_live_51Zr8Qp2Xv7', true],
	['X-Site', 'a3f09c1de8', true],
	['Edge-Id', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6', true],
	['X-Environment', 'production', false],
	['X-Purpose', 'purge by directus', false],
	['X-Tier', '2', false],
	['Accept', 'application/json; version=2', false],
	['Cache-Control', 'no-cache, max-age=0', false],
])('takes the extra header %s: %s for a key: %s', (name, value, does) => {
	const target = { url: 'https://example.com', options: { headers: { [name]: value } } };
	expect(secretsOf(target, { apiKey: null, signing: [] }).includes(value)).toBe(does);
});
