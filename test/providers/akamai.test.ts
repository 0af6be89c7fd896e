import { expect, test } from 'vitest';
import { edgeGrid, readEdgerc } from '../../src/flush/adapters/akamai/edgegrid.js';
import * as akamai from './akamai.js';
import { change, deliver, delivered, numbered, run, target } from './deliver.js';

/** The vectors that Akamai's own libraries are tested with (test_data.json of AkamaiOPEN-edgegrid-node), 2,048 bytes being signed. */
const KEY = {
	client_token: 'akab-client-token-xxx-xxxxxxxxxxxxxxxx',
	access_token: 'akab-access-token-xxx-xxxxxxxxxxxxxxxx',
	client_secret: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=',
};
test.each([
	['GET', '/', null, 'tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU='],
	['GET', '/testapi/v1/t1?p1=1&p2=2', null, 'hKDH1UlnQySSHjvIcZpDMbQHihTQ0XyVAKZaApabdeA='],
	['POST', '/testapi/v1/t3', 'datadatadatadatadatadatadatadata', 'hXm4iCxtpN22m4cbZb4lVLW5rhX8Ca82vCFqXzSTPe4='],
	['POST', '/testapi/v1/t3', 'd'.repeat(2049), '6Q6PiTipLae6n4GsSIDTCJ54bEbHUBp+4MUXrbQCBoY='],
	['POST', '/testapi/v1/t3', 'd'.repeat(2048), '6Q6PiTipLae6n4GsSIDTCJ54bEbHUBp+4MUXrbQCBoY='],
	['POST', '/testapi/v1/t6', '', '1gEDxeQGD5GovIkJJGcBaKnZ+VaPtrc4qBUHixjsPCQ='],
	['PUT', '/testapi/v1/t6', 'P'.repeat(31), 'GNBWEYSEWOLtu+7dD52da2C39aX/Jchpon3K/AmBqBU='],
])('EdgeGrid signs %s %s as Akamai does', (method, path, body, signature) => {
	const url = `https://akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net${path}`;
	const at = { timestamp: '20140321T19:34:21+0000', nonce: 'nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', mostBody: 2_048 };
	expect(edgeGrid({ method, url, body }, KEY, at)).toMatch(
		new RegExp(`signature=${signature.replace(/[+/=]/g, '\\$&')}$`),
	);
});

test('an .edgerc is read as it is, in any order, and as one line of a form', () => {
	for (const text of [
		akamai.EDGERC,
		akamai.EDGERC.replaceAll('\n', ''),
		akamai.EDGERC.replaceAll('\n', '\r\n'),
		akamai.EDGERC.replaceAll(' = ', '=').split('\n').toReversed().join(' '),
	])
		expect(readEdgerc(text)).toEqual(akamai.PARTS);
	for (const text of ['', 'client_token = x', akamai.PARTS.client_secret]) expect(readEdgerc(text)).toBeNull();
});

test('Akamai invalidates tags and URLs, in as many requests as 50,000 bytes take', async () => {
	const provider = await run(akamai.start());
	const to = target('akamai', { host: akamai.HOST, base_url: provider.url }, { apiKey: akamai.EDGERC });
	const changes = [change('1', { tags: ['Article:1'] }), change('2', { paths: ['/a'] })];
	expect(await deliver('akamai', changes, to)).toEqual(delivered(2));
	expect(provider.purged).toEqual(['article-1', 'https://www.example.com/a']);
	const long = numbered(900).map((tag) => tag.padEnd(120, 'x'));
	expect(await deliver('akamai', [change('1', { tags: long })], to)).toEqual(delivered(3));
	provider.purged.splice(0);
	const staging = { host: akamai.HOST, network: 'staging', delete: true, map_tags: false, base_url: provider.url };
	await deliver('akamai', [change('1', { tags: ['A:b'] })], target('akamai', staging, { apiKey: akamai.EDGERC }));
	expect(provider.purged).toEqual(['deleted staging A-b']);
});

test('Akamai: used-up tokens wait, a wrong key says what to check, and an answer that repeats it does not show it', async () => {
	const provider = await run(akamai.start({ objects: 0 }));
	const to = target('akamai', { host: akamai.HOST, base_url: provider.url }, { apiKey: akamai.EDGERC });
	const one = [change('1', { tags: ['a'] })];
	expect(await deliver('akamai', one, to)).toMatchObject([{ kind: 'retry', code: 'HTTP_429', retryAfterMs: 5_000 }]);
	const other = akamai.EDGERC.replace(akamai.PARTS.access_token, 'akab-another-access-token');
	const kept: { request: { headers: object } }[] = [];
	expect(await deliver('akamai', one, { ...to, apiKey: other }, kept as never)).toMatchObject([
		{ kind: 'failed', code: 'HTTP_401', message: expect.stringContaining('one API client') },
	]);
	expect(JSON.stringify(kept)).not.toMatch(/another-access|c113ntt0k3n|C113nt53/);
	expect(kept[0]?.request.headers).toMatchObject({ authorization: '**********' });
	for (const apiKey of [null, 'only-one-word'])
		expect(await deliver('akamai', one, { ...to, apiKey })).toMatchObject([
			{ kind: 'failed', code: 'API_KEY_INVALID' },
		]);
});
