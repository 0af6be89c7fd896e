import { createVerify, generateKeyPairSync } from 'node:crypto';
import { expect } from 'vitest';
import { expectList, SITE, type Setups, type Within } from './limits.js';
import { isStrings, readObject, serve, type Answer, type Provider } from './serve.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const EMAIL = 'purge@project.iam.gserviceaccount.com';
export const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const KEY = JSON.stringify({ type: 'service_account', client_email: EMAIL, private_key: PEM });
export const TOKEN = 'ya29.an-access-token-of-google';

const failure = (status: number, reason: string, message: string): Answer => ({
	status,
	body: { error: { code: status, message, errors: [{ message, domain: 'usageLimits', reason }] } },
});

/** `POST /token` with a signed JWT, and `…/urlMaps/{map}/invalidateCache`: up to ten tags, or one host and path. */
export async function start({ invalidations = 500, expiresIn = 3_599 } = {}): Promise<Provider & { tokens: number }> {
	const purged: string[] = [];
	let left = invalidations;
	const state = { tokens: 0 };
	const provider = await serve(purged, ({ method, path, headers, body }) => {
		if (path === '/token') {
			const form = new URLSearchParams(body);
			const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
			const said = readObject(Buffer.from(claims, 'base64url').toString()) ?? {};
			const isGood =
				form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
				createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url');
			const now = Date.now() / 1000;
			const fits =
				said['iss'] === EMAIL &&
				String(said['aud']).endsWith('/token') &&
				String(said['scope']).includes('https://www.googleapis.com/auth/compute') &&
				Number(said['exp']) <= Number(said['iat']) + 3_600 &&
				Math.abs(Number(said['iat']) - now) < 60;
			if (!isGood || !fits)
				return {
					status: 400,
					body: { error: 'invalid_grant', error_description: `Invalid JWT: ${form.get('assertion')}` },
				};
			state.tokens += 1;
			return { status: 200, body: { access_token: TOKEN, expires_in: expiresIn, token_type: 'Bearer' } };
		}
		if (headers.authorization !== `Bearer ${TOKEN}`) return failure(401, 'authError', 'Invalid Credentials');
		if (method !== 'POST' || path !== '/compute/v1/projects/project/global/urlMaps/site/invalidateCache')
			return failure(404, 'notFound', 'The resource was not found');
		if (left === 0) return failure(403, 'rateLimitExceeded', `Rate Limit Exceeded for ${TOKEN}`);
		left -= 1;
		const { cacheTags, host, path: page } = readObject(body) ?? {};
		if (isStrings(cacheTags) && cacheTags.length > 0 && cacheTags.length <= 10) purged.push(...cacheTags);
		else if (typeof page === 'string' && /^\/[^?#]*$/.test(page)) purged.push(`${String(host)} ${page}`);
		else return failure(400, 'invalid', 'Invalid value for field');
		return { status: 200, body: { kind: 'compute#operation', status: 'RUNNING' } };
	});
	return Object.defineProperty(provider as Provider & { tokens: number }, 'tokens', { get: () => state.tokens });
}

const at = { project: 'project', url_map: 'site' };
export const setups: Setups = [at, { ...at, map_tags: false }];
export const within: Within = ({ body }) => {
	const { cacheTags, host, path } = JSON.parse(body ?? '') as { cacheTags?: string[]; host?: string; path?: string };
	if (cacheTags) return expectList(cacheTags, { most: 10, longest: 128, shape: /^[\x21-\x2b\x2d-\x7e]+$/ });
	expect(host).toBe(new URL(SITE).host);
	return expect(path).toMatch(/^\/[^?#*]*$/);
};
