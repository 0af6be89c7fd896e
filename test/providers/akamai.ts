import { createHash, createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { expectList, type Setups, type Within } from './limits.js';
import { isStrings, readObject, serve, type Answer, type Provider } from './serve.js';

export const HOST = 'akab-1234.luna.akamaiapis.net';
export const PARTS = {
	client_secret: 'C113nt53KR3TN6N90yVuAgICxIRwsObLi0E67/N8eRN=',
	access_token: 'akab-acc35t0k3nodujqunph3w7hzp7-gtm6ij',
	client_token: 'akab-c113ntt0k3n4qtari252bfxxbsl-yvsdj',
};
/** As Akamai gives it. */
export const EDGERC = `[default]\nclient_secret = ${PARTS.client_secret}\nhost = ${HOST}\naccess_token = ${PARTS.access_token}\nclient_token = ${PARTS.client_token}\n`;

const problem = (status: number, title: string, headers: Record<string, string> = {}): Answer => ({
	status,
	headers: { 'content-type': 'application/api-problem+json', ...headers },
	body: { supportId: '17PY', title, httpStatus: status, detail: title },
});
const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64');

/** `POST /ccu/v3/{invalidate|delete}/{tag|url}/{network}` with EdgeGrid; object tokens never come back here. */
export function start({ objects = 5_000 } = {}): Promise<Provider> {
	const purged: string[] = [];
	let left = objects;
	return serve(purged, ({ method, path, headers, body }) => {
		const given = headers.authorization ?? '';
		const [unsigned = '', signature] = given.split('signature=');
		const timestamp = /timestamp=([^;]+);/.exec(unsigned)?.[1] ?? '';
		const content = createHash('sha256').update(body).digest('base64');
		const data = [method, 'http', headers.host, path, '', content, unsigned].join('\t');
		const isKnown = unsigned.includes(`client_token=${PARTS.client_token};access_token=${PARTS.access_token};`);
		if (!/^\d{8}T\d\d:\d\d:\d\d\+0000$/.test(timestamp) || !isKnown)
			return problem(401, `Inactive client token, ${given}`);
		if (signature !== hmac(hmac(PARTS.client_secret, timestamp), data))
			return problem(401, 'The signature does not match');
		const kind = /^\/ccu\/v3\/(invalidate|delete)\/(tag|url)\/(production|staging)$/.exec(path);
		if (method !== 'POST' || !kind) return problem(404, 'Not found');
		if (Buffer.byteLength(body) > 50_000) return problem(413, 'Request entity too large');
		const asked = readObject(body)?.['objects'];
		if (!isStrings(asked) || asked.length === 0) return problem(400, 'Bad request');
		if (kind[2] === 'tag' && asked.some((tag) => tag.length > 128 || /[<>*@\\{}:,\s]/.test(tag)))
			return problem(400, 'Invalid cache tag');
		if (asked.length > left)
			return problem(429, 'Rate Limit exceeded', {
				'x-ratelimit-remaining': '99',
				'x-ratelimit-remaining-objects': '0',
			});
		left -= asked.length;
		const how = `${kind[1] === 'delete' ? 'deleted ' : ''}${kind[3] === 'staging' ? 'staging ' : ''}`;
		purged.push(...asked.map((one) => `${how}${one}`));
		const accepted = { httpStatus: 201, detail: 'Request accepted', estimatedSeconds: 5, purgeId: 'p', supportId: 's' };
		return { status: 201, body: accepted };
	});
}

export const setups: Setups = [{ host: HOST }, { host: HOST, map_tags: false }];
export const within: Within = ({ url, body }) => {
	expect(Buffer.byteLength(body ?? '')).toBeLessThanOrEqual(50_000);
	const { objects } = JSON.parse(body ?? '') as { objects: string[] };
	const shape = url.includes('/tag/') ? /^[^<>*@\\{}:,\s]+$/ : /^https:/;
	expectList(objects, { most: 20_000, longest: 128, shape });
};
