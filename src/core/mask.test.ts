import { expect, it } from 'vitest';
import { maskText, showRequest } from './mask.js';

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
