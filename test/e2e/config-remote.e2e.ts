import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from '../../src/contract/bundle.js';
import type { Plan } from '../../src/contract/plan.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { freePort } from '../kit/free-port.js';
import { sampledVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { addVisitor, VISITOR } from '../studio/world.js';
import { ask, diff, everythingIn, pull, push, pushTo, stepsOf } from './config-world.js';

const FLOW = '00000000-0000-4000-8000-000000000001';
const OPERATION = '00000000-0000-4000-8000-000000000002';
const OLD = 'Bearer the-old-token-of-a-flow';
const NEW = 'Bearer the-new-token-of-a-flow';
const SECRET = 'a-token-that-no-log-may-hold';

/** A bundle with a flow that sends a credential. */
function withFlow(bundle: Bundle, credential: string): Bundle {
	const options = {
		url: 'https://shop.test',
		method: 'POST',
		headers: [{ header: 'Authorization', value: credential }],
	};
	const flow = { _syncId: FLOW, name: 'Tell', trigger: 'manual', status: 'inactive', options: null };
	const request = { _syncId: OPERATION, key: 'tell', type: 'request', position_x: 1, position_y: 1, flow: FLOW };
	return {
		...bundle,
		elements: {
			...bundle.elements,
			flows: [{ ...flow, operation: OPERATION }],
			operations: [{ ...request, resolve: null, reject: null, options }],
		},
	};
}

for (const version of sampledVersions(import.meta.url)) {
	describe(`another instance's configuration, asked for by Directus ${version}`, () => {
		let here: Directus;
		let there: Directus;
		let receiver: Receiver;

		beforeAll(async () => {
			receiver = await startReceiver();
			here = await startDirectus({ version, database: 'sqlite' });
			there = await startDirectus({ version, database: 'sqlite' });
			await there.request('POST', '/roles', { name: 'Only there' });
		});
		afterAll(async () => {
			await receiver?.stop();
			await here?.stop();
			await there?.stop();
		});

		const pullFrom = async (url: string, token: string, from = here) => {
			const { status, body } = await ask(from, '/downstream/config/pull', { from: { url, token } });
			const [error] = (body['errors'] ?? []) as { message: string; extensions: { code: string } }[];
			return { status, data: body['data'], code: error?.extensions.code, text: JSON.stringify(body) };
		};

		test('is what that instance itself gives, and leads to a plan here', async () => {
			const { status, data } = await pullFrom(`${there.url}/admin/`, there.token);
			expect(status).toBe(200);
			expect(data).toEqual(await pull(there));
			expect(stepsOf(await diff(here, data)).map(({ name, action }) => [name, action])).toContainEqual([
				'Only there',
				'create',
			]);
		});

		test('is refused with the reason, and tells no token', async () => {
			const visitor = await addVisitor(there).then(() =>
				there.data<{ access_token: string }>('POST', '/auth/login', { ...VISITOR }, null),
			);
			const before = await everythingIn(here);
			for (const [url, token, code] of [
				[there.url, SECRET, 'REMOTE_UNAUTHENTICATED'],
				[there.url, visitor.access_token, 'REMOTE_FORBIDDEN'],
				[`http://127.0.0.1:${await freePort()}`, SECRET, 'REMOTE_UNREACHABLE'],
				[receiver.url, SECRET, 'REMOTE_NOT_DIRECTUS'],
				['localhost', SECRET, 'REMOTE_ADDRESS'],
			] as const) {
				const answer = await pullFrom(url, token);
				expect.soft(answer).toMatchObject({ status: 422, code });
				expect.soft(answer.text).not.toContain(token);
			}
			expect((await pullFrom(there.url, 'two words')).status).toBe(400);
			expect(await everythingIn(here)).toEqual(before);
			expect(JSON.stringify(before)).not.toContain(SECRET);
			expect(here.log()).not.toContain(SECRET);
			expect(here.log()).not.toContain(visitor.access_token);
		});

		test('is refused where the package is not installed there, and where the address is denied here', async () => {
			const plain = await startDirectus({ version, database: 'sqlite', extension: false });
			expect(await pullFrom(plain.url, plain.token)).toMatchObject({ status: 422, code: 'REMOTE_WITHOUT_PACKAGE' });
			await plain.stop();
			await here.restart({ env: { DOWNSTREAM_IP_DENY_LIST: '0.0.0.0' } });
			const received = receiver.requests.length;
			for (const url of [there.url, receiver.url, 'http://0x7f.1', 'http://[::1]:8055'])
				expect.soft(await pullFrom(url, SECRET)).toMatchObject({ status: 422, code: 'REMOTE_DENIED' });
			expect(receiver.requests.length).toBe(received);
			await here.restart({ env: { DOWNSTREAM_IP_DENY_LIST: '' } });
		});

		test('the history tells no credential, and taking back is planned first', async () => {
			const start = await pull(here);
			expect(await push(here, withFlow(start, OLD))).toMatchObject({ status: 200, message: '' });
			const { id } = await push(here, withFlow(start, NEW));
			const told = await ask(here, `/downstream/config/history/${id}`, undefined, 'GET');
			expect(told.status).toBe(200);
			const planned = await ask(here, `/downstream/config/history/${id}/revert`, undefined, 'GET');
			const plan = planned.body['data'] as Plan;
			expect(stepsOf(plan).map(({ kind, action }) => [kind, action])).toEqual([['operations', 'update']]);
			for (const answer of [told, planned])
				for (const credential of [OLD, NEW]) expect.soft(JSON.stringify(answer.body)).not.toContain(credential);

			// Of this very plan: what was changed since is not overwritten.
			const path = `/downstream/config/history/${id}/revert`;
			expect(await pushTo(here, path, { fingerprint: 'another' })).toMatchObject({ status: 409 });
			const back = await pushTo(here, path, { fingerprint: plan.fingerprint });
			expect(back).toMatchObject({ status: 200, message: '' });
			expect(JSON.stringify(back.plan)).not.toContain(OLD);
			expect(JSON.stringify((await pull(here)).elements.operations)).toContain(OLD);
			const again = await ask(here, path, undefined, 'GET');
			expect(again).toMatchObject({ status: 409, body: { errors: [{ extensions: { code: 'REFUSED' } }] } });
		});
	});
}
