import { expect } from 'vitest';
import { expectList, type Setups, type Within } from './limits.js';
import { isStrings, readObject, serve, type Answer, type Provider } from './serve.js';

const guid = (digit: string) =>
	`${digit.repeat(8)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(12)}`;
export const SECRET = 'abc8Q~a-client-secret-of-azure+/=';
export const TOKEN = 'eyJ0eXAi.an-access-token-of-azure';
export const AT = {
	tenant: guid('1'),
	client_id: guid('2'),
	subscription: guid('3'),
	resource_group: 'web_(prod)',
	profile: 'front',
	endpoint: 'site',
};
const PLACE = `/subscriptions/${AT.subscription}/resourceGroups/${encodeURIComponent(AT.resource_group)}/providers/Microsoft.Cdn/profiles/front/afdEndpoints/site/purge`;

const failure = (status: number, code: string, message: string, headers: Record<string, string> = {}): Answer => ({
	status,
	headers,
	body: { error: { code, message } },
});

/** `POST /{tenant}/oauth2/v2.0/token`, and the purge of at most 100 paths of an endpoint: 202. */
export function start({ requests = 100 } = {}): Promise<Provider> {
	const purged: string[] = [];
	let left = requests;
	return serve(purged, ({ method, path, query, headers, body }) => {
		if (path === `/${AT.tenant}/oauth2/v2.0/token`) {
			const form = new URLSearchParams(body);
			if (form.get('client_secret') !== SECRET || form.get('client_id') !== AT.client_id)
				return { status: 401, body: { error: 'invalid_client', error_description: `AADSTS7000215: ${body}` } };
			if (!form.get('scope')?.endsWith('/.default') || form.get('grant_type') !== 'client_credentials')
				return { status: 400, body: { error: 'invalid_scope' } };
			return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, access_token: TOKEN } };
		}
		if (headers.authorization !== `Bearer ${TOKEN}`)
			return failure(401, 'InvalidAuthenticationToken', 'The token is invalid.');
		if (method !== 'POST' || path.split('?')[0] !== PLACE) return failure(404, 'ResourceNotFound', 'Not found');
		if (!/^\d{4}-\d\d-\d\d$/.test(query.get('api-version') ?? ''))
			return failure(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.');
		if (left === 0) return failure(429, 'TooManyRequests', 'Too many requests', { 'retry-after': '17' });
		left -= 1;
		const asked = readObject(body)?.['contentPaths'];
		if (!isStrings(asked) || asked.length === 0 || asked.length > 100 || asked.some((one) => !one.startsWith('/')))
			return failure(400, 'BadRequest', 'contentPaths');
		purged.push(...asked);
		return { status: 202 };
	});
}

export const setups: Setups = [AT, { ...AT, domains: ['www.example.com'] }];
export const within: Within = ({ body }) => {
	const { contentPaths } = JSON.parse(body ?? '') as { contentPaths: string[] };
	expectList(contentPaths, { most: 100, longest: Infinity, shape: /^\/[^*]*$/ });
	expect(contentPaths.length).toBeGreaterThan(0);
};
