import { describe, expect, it } from 'vitest';
import { bundleWith } from '../../test/fixtures/plan-world.js';
import type { WireRequest, WireResponse } from '../kernel/core/wire.js';
import { pullRemote, type Send } from './pull-remote.js';

const TOKEN = 'the-token-of-an-admin';
const ALL = { kinds: ['roles'], schema: false };
const bundle = bundleWith({ roles: [{ _syncId: 'r', name: 'Editor' }] });

type Answer = Partial<Omit<WireResponse, 'body'>> & { body?: unknown };

/** Asks an instance that answers like this, one answer after the other. */
function asking(...answers: (Answer | Error)[]) {
	const requests: WireRequest[] = [];
	const send: Send = async (request) => {
		requests.push(request);
		const answer = answers.shift() ?? {};
		if (answer instanceof Error) throw answer;
		const { status = 200, headers = {}, body = '' } = answer;
		return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
	};
	return { requests, pull: (url = 'https://cms.test') => pullRemote({ url, token: TOKEN }, ALL, send) };
}

const refused = (status: number, code: string, message = 'No.'): Answer => ({
	status,
	body: { errors: [{ message, extensions: { code } }] },
});
const given = (data: unknown, meta: object = { issues: [] }): Answer => ({ body: { data, meta } });

describe('the configuration of another instance', () => {
	it('is asked for with the token in a header, and given as it is', async () => {
		const { requests, pull } = asking(given(bundle));
		expect(await pull()).toEqual(bundle);
		expect(requests).toEqual([
			{
				method: 'POST',
				url: 'https://cms.test/downstream/config/pull',
				headers: expect.objectContaining({ authorization: `Bearer ${TOKEN}` }),
				body: JSON.stringify(ALL),
			},
		]);
	});

	it.each([
		['https://cms.test/', 'https://cms.test'],
		[' https://cms.test/admin/downstream/config ', 'https://cms.test'],
		['https://test/cms/admin', 'https://test/cms'],
	])('is found where the Studio is: %s', async (url, base) => {
		const { requests, pull } = asking(given(bundle));
		await pull(url);
		expect(requests[0]?.url).toBe(`${base}/downstream/config/pull`);
	});

	const denied = Object.assign(new Error('requests to 127.0.0.1 are not allowed'), { code: 'ADDRESS_DENIED' });
	const closed = Object.assign(new Error('cms.test: nothing listens there'), { code: 'ECONNREFUSED' });
	it.each<[string, (Answer | Error)[], string | undefined]>([
		['REMOTE_ADDRESS', [], 'cms.test'],
		['REMOTE_ADDRESS', [], 'file:///etc/passwd'],
		['REMOTE_DENIED', [denied], undefined],
		['REMOTE_UNREACHABLE', [closed], undefined],
		['REMOTE_UNAUTHENTICATED', [refused(401, 'INVALID_CREDENTIALS')], undefined],
		['REMOTE_FORBIDDEN', [refused(403, 'FORBIDDEN')], undefined],
		['REMOTE_REDIRECTS', [{ status: 301, headers: { location: 'https://other.test/downstream' } }], undefined],
		['REMOTE_NOT_DIRECTUS', [{ status: 404, body: '<h1>Not found</h1>' }], undefined],
		['REMOTE_NOT_DIRECTUS', [{ status: 403, body: '<h1>Forbidden</h1>' }], undefined],
		['REMOTE_NOT_DIRECTUS', [{ body: '<h1>Welcome</h1>' }], undefined],
		['REMOTE_WITHOUT_PACKAGE', [refused(404, 'ROUTE_NOT_FOUND'), refused(404, 'ROUTE_NOT_FOUND')], undefined],
		['REMOTE_OLDER', [refused(404, 'ROUTE_NOT_FOUND'), given({ version: '0.0.1' })], undefined],
		['REMOTE_REFUSED', [refused(503, 'SERVICE_UNAVAILABLE')], undefined],
		['REMOTE_NEWER', [given({ ...bundle, version: 2 })], undefined],
		['REMOTE_INVALID', [given({ ...bundle, elements: { roles: [{}] } })], undefined],
		['REMOTE_INCOMPLETE', [given(bundle, { issues: [{ path: 'permissions', message: '2 are hidden' }] })], undefined],
	])('is refused with %s', async (code, answers, url) => {
		await expect(asking(...answers).pull(url)).rejects.toMatchObject({ status: 422, code });
	});

	it('never tells the token, not even where that instance repeats it', async () => {
		const { pull } = asking(refused(400, 'INVALID_PAYLOAD', `Who is ${TOKEN}?`));
		await expect(pull()).rejects.toMatchObject({ message: expect.not.stringContaining(TOKEN) });
	});
});
