import { rootCertificates } from 'node:tls';
import { expect, it } from 'vitest';
import { checkTarget } from './validate-target.js';

const issuesOf = (connection: object) =>
	checkTarget(
		{ url: 'https://example.com/', adapter: 'webhook', schema: [], signing_secret: null, options: { connection } },
		{ collections: {}, relations: [] },
	);
const [authority = ''] = rootCertificates;

it('takes certificates, also on one line, and names what is none', () => {
	for (const ca of [authority, authority.replaceAll('\n', ' '), `${authority}\n${rootCertificates[1]}`])
		expect(issuesOf({ ca })).toEqual([]);
	for (const ca of ['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])
		expect(issuesOf({ ca })).toMatchObject([{ path: '/options/connection/ca', code: 'invalid_certificate' }]);
});

it('takes the address of a proxy without a password', () => {
	expect(issuesOf({ proxy: 'http://proxy.example.com:3128' })).toEqual([]);
	for (const proxy of ['socks5://proxy.example.com', 'proxy.example.com', 'http://me:secret@proxy.example.com'])
		expect(issuesOf({ proxy })).toMatchObject([{ path: '/options/connection/proxy' }]);
	expect(JSON.stringify(issuesOf({ proxy: 'http://me:hunter2@proxy.example.com' }))).not.toContain('hunter2');
});
