import { createHash, createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { expectList, type Setups, type Within } from './limits.js';
import { serve, type Answer, type Asked, type Provider } from './serve.js';

export const KEY_ID = 'AKIDEXAMPLE0000000';
export const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export const DISTRIBUTION = 'E1A2B3C4D5E6F7';

const failure = (status: number, code: string, message: string): Answer => ({
	status,
	headers: { 'content-type': 'text/xml' },
	body: `<?xml version="1.0"?><ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Signature version 4, worked out from the request as it came. */
export function signatureOf({ method, path, headers, body }: Asked, secret: string): string {
	const asked = /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+)/.exec(headers.authorization ?? '');
	const [scope = '', names = ''] = [asked?.[1], asked?.[2]];
	const url = new URL(path, 'http://localhost');
	const canonical = [
		method,
		url.pathname,
		url.search.slice(1),
		...names.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}`),
		'',
		names,
		sha256(body),
	].join('\n');
	const [date = '', region = '', service = ''] = scope.split('/');
	const text = ['AWS4-HMAC-SHA256', String(headers['x-amz-date']), scope, sha256(canonical)].join('\n');
	const key = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, date));
	return hmac(key, text).toString('hex');
}

const unXml = (text: string) =>
	text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/**
 * `POST /2020-05-31/distribution/{id}/invalidation`, signed. The same reference with the same items makes nothing new;
 * at most 3,000 items are in progress, and here none ever ends.
 */
export function start({ inProgress = 0, taggable = true } = {}): Promise<Provider> {
	const purged: string[] = [];
	const references = new Map<string, string>();
	let busy = inProgress;
	return serve(purged, (asked) => {
		const { method, path, headers, body } = asked;
		const given = /AWS4-HMAC-SHA256 Credential=([^/]+)\/.*Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '');
		if (!given) return failure(403, 'MissingAuthenticationToken', 'Missing Authentication Token');
		if (given[1] !== KEY_ID) return failure(403, 'InvalidClientTokenId', 'The security token is invalid.');
		const expected = signatureOf(asked, SECRET_KEY);
		if (given[2] !== expected)
			return failure(403, 'SignatureDoesNotMatch', `The signature does not match, ${headers.authorization}`);
		if (method !== 'POST' || path !== `/2020-05-31/distribution/${DISTRIBUTION}/invalidation`)
			return failure(404, 'NoSuchDistribution', 'The specified distribution does not exist.');
		const items = [...body.matchAll(/<Path>([^<]*)<\/Path>/g)].map(([, item = '']) => unXml(item));
		const reference = /<CallerReference>([^<]+)</.exec(body)?.[1];
		if (Number(/<Quantity>(\d+)</.exec(body)?.[1]) !== items.length || items.length === 0)
			return failure(400, 'InconsistentQuantities', 'Quantity and Items do not match.');
		if (!reference) return failure(400, 'MalformedXML', 'CallerReference is missing.');
		if (items.length > 3_000) return failure(413, 'BatchTooLarge', 'Invalidation batch specified is too large.');
		const isWrong = (item: string) =>
			item.startsWith('#')
				? !taggable || !/^#[\x21-\x2b\x2d-\x7e]{1,256}$/.test(item)
				: !item.startsWith('/') || !/^[\x21-\x7e]{1,4000}$/.test(item);
		if (items.some(isWrong))
			return failure(400, 'InvalidArgument', 'Your request contains invalid invalidation paths.');
		const list = JSON.stringify(items);
		if (references.get(reference) === list) return { status: 201, body: '<Invalidation/>' };
		if (references.has(reference)) return failure(400, 'InvalidationBatchAlreadyExists', 'The reference is in use.');
		if (busy + items.length > 3_000)
			return failure(400, 'TooManyInvalidationsInProgress', 'Your request exceeds the number of invalidations.');
		busy += items.length;
		references.set(reference, list);
		purged.push(...items);
		return { status: 201, body: '<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>' };
	});
}

const at = { distribution: DISTRIBUTION, access_key_id: KEY_ID };
export const setups: Setups = [at, { ...at, by: 'tags' }, { ...at, by: 'tags', map_tags: false }];
export const within: Within = ({ body }) => {
	const items = [...(body ?? '').matchAll(/<Path>([^<]*)<\/Path>/g)].map(([, item = '']) => unXml(item));
	const tags = items.filter((item) => item.startsWith('#'));
	if (tags.length > 0) expectList(tags, { most: 1_000, longest: 257, shape: /^#[\x21-\x2b\x2d-\x7e]+$/ });
	const paths = items.filter((item) => !item.startsWith('#'));
	expect(items.length).toBeGreaterThan(0);
	for (const path of paths) expect(path).toMatch(/^\/[^*\s]{0,3999}$/);
};
