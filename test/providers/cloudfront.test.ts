import { AwsV4Signer } from 'aws4fetch';
import { expect, test } from 'vitest';
import { adapters } from '../../src/flush/adapters/index.js';
import * as cloudfront from './cloudfront.js';
import { change, deliver, delivered, numbered, run, target } from './deliver.js';

const at = { distribution: cloudfront.DISTRIBUTION, access_key_id: cloudfront.KEY_ID };
const keyed = { apiKey: cloudfront.SECRET_KEY };

test('the signature is that of the example in the documentation of AWS', async () => {
	const signer = new AwsV4Signer({
		method: 'GET',
		url: 'https://example.amazonaws.com/',
		accessKeyId: 'AKIDEXAMPLE',
		secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
		service: 'service',
		region: 'us-east-1',
		datetime: '20150830T123600Z',
	});
	const { headers } = await signer.sign();
	expect(headers.get('authorization')).toContain(
		'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
	);
});

test('CloudFront invalidates paths, and tags where it is told to, in one list', async () => {
	const provider = await run(cloudfront.start());
	const to = target('cloudfront', { ...at, base_url: provider.url }, keyed);
	const changes = [change('1', { tags: ['a'], paths: ['/a&b', '/c?d=1&e', '/*', '/é'] }), change('2', { tags: ['b'] })];
	expect(await deliver('cloudfront', changes, to)).toEqual(delivered(1));
	expect(provider.purged).toEqual(['/a&b', '/c?d=1&e', '/%2A', '/%C3%A9']);
	provider.purged.splice(0);
	const byTags = target('cloudfront', { ...at, by: 'tags', base_url: provider.url }, keyed);
	expect(await deliver('cloudfront', changes, byTags)).toEqual(delivered(1));
	expect(provider.purged).toEqual(['#a', '/a&b', '/c?d=1&e', '/%2A', '/%C3%A9', '#b']);
	const many = target('cloudfront', { ...at, by: 'tags', base_url: provider.url }, keyed);
	expect(await deliver('cloudfront', [change('1', { tags: numbered(1_500) })], many)).toEqual(delivered(2));
});

test('CloudFront: what is sent once more is no second invalidation, and what is changed once more is', async () => {
	const provider = await run(cloudfront.start());
	const to = target('cloudfront', { ...at, base_url: provider.url }, keyed);
	const page = change('1', { paths: ['/a'] });
	for (const one of [page, page, { ...page, timestamp: page.timestamp + 1 }])
		expect(await deliver('cloudfront', [one], to)).toEqual(delivered(1));
	expect(provider.purged).toEqual(['/a', '/a']);
});

test('CloudFront: too many in progress waits; wrong keys and an unknown distribution say what to check', async () => {
	const provider = await run(cloudfront.start({ inProgress: 3_000 }));
	const page = [change('1', { paths: ['/a'] })];
	const to = target('cloudfront', { ...at, base_url: provider.url }, keyed);
	expect(await deliver('cloudfront', page, to)).toMatchObject([{ kind: 'retry', code: 'CLOUDFRONT_BUSY' }]);
	const kept: never[] = [];
	expect(await deliver('cloudfront', page, { ...to, apiKey: 'wrong-secret-key' }, kept)).toMatchObject([
		{ kind: 'failed', code: 'HTTP_403', message: expect.stringContaining('api_key is the secret of access_key_id') },
	]);
	expect(JSON.stringify(kept)).not.toContain('wrong-secret-key');
	expect(await deliver('cloudfront', page, { ...to, apiKey: null })).toMatchObject([
		{ kind: 'failed', code: 'API_KEY_INVALID' },
	]);
	const elsewhere = target('cloudfront', { ...at, distribution: 'EOTHER', base_url: provider.url }, keyed);
	expect(await deliver('cloudfront', page, elsewhere)).toMatchObject([
		{ kind: 'failed', message: expect.stringContaining('check distribution') },
	]);
	expect(adapters.cloudfront.judge({ status: 201, headers: {}, body: '<Invalidation/>' }, 0)).toBeNull();
});
