import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import type { CollectionOffer, SyncWelcome } from '../../src/core/sync/messages.js';

const POLICY = '2e76994c-a4eb-47ac-b811-e4692ad9de5e';
const USER = '7c6b6863-d298-453d-a192-4a343eb7ddd3';
const SYNC_TOKEN = 'token-of-data-sync';
const ANYBODY = 'token-of-somebody-else';
const hello = { protocol: 1, from: 'anotherinst0', collections: ['posts', 'directus_users', 'nothing'] };
const nothing = { protocol: 1, from: 'anotherinst0', changes: [] };

for (const version of directusVersions()) {
	describe(`what another instance may do on Directus ${version}`, () => {
		let directus: Directus;
		let role: string;
		beforeAll(async () => {
			directus = await startDirectus({ version, database: 'sqlite', content: true });
			await directus.request('PATCH', `/users/${USER}`, { token: SYNC_TOKEN });
			role = (await directus.data<{ id: string }>('POST', '/roles', { name: 'Somebody' })).id;
			await directus.request('POST', '/users', { email: 'any@example.com', role, token: ANYBODY });
		});
		afterAll(() => directus?.stop());

		const ask = (token: string | null, body: object = hello) =>
			directus.data<SyncWelcome>('POST', '/downstream/sync/hello', body, token);
		const posts = async (token = SYNC_TOKEN): Promise<CollectionOffer | undefined> =>
			(await ask(token)).collections['posts'];
		const permit = (policy: string, action: string, fields = ['*']) =>
			directus.request('POST', '/permissions', { policy, collection: 'posts', action, fields });

		test('is asked by its user, by admins, and by nobody else', async () => {
			for (const token of [null, ANYBODY]) {
				await expect(ask(token)).rejects.toMatchObject({ status: 403 });
				const apply = directus.request('POST', '/downstream/sync/apply', nothing, token);
				await expect(apply).rejects.toMatchObject({ status: 403 });
			}
			expect(await ask(SYNC_TOKEN)).toMatchObject({
				instance: expect.stringMatching(/^[0-9a-z]{12}$/),
				protocol: 1,
				knows_you: false,
				now: expect.closeTo(Date.now(), -5),
			});
			expect((await posts(directus.token))?.fields['title']).toMatchObject({ create: true, update: true });
			const older = ask(SYNC_TOKEN, { ...hello, protocol: 0 });
			await expect(older).rejects.toMatchObject({ body: { errors: [{ extensions: { code: 'PROTOCOL' } }] } });
		});

		test('is nothing at first, of what is there', async () => {
			const { collections } = await ask(SYNC_TOKEN);
			expect(collections['posts']).toMatchObject({
				exists: true,
				primary: 'id',
				key_type: 'integer',
				create: false,
				update: false,
				delete: false,
				fields: { title: { type: 'string', create: false, update: false } },
			});
			for (const name of ['directus_users', 'nothing'])
				expect(collections[name]).toMatchObject({ exists: false, fields: {} });
		});

		test('is what its policy permits', async () => {
			await permit(POLICY, 'create');
			await permit(POLICY, 'delete');
			expect(await posts()).toMatchObject({
				create: true,
				update: false,
				delete: true,
				fields: { title: { create: true, update: false } },
			});
		});

		test('counts a permission for single fields where Directus does', async () => {
			await directus.sql('directus_permissions').insert({
				policy: POLICY,
				collection: 'posts',
				action: 'update',
				fields: 'title',
			});
			await directus.request('POST', '/utils/cache/clear?system');
			const { id } = await directus.data<{ id: number }>('POST', '/items/posts', { title: 'One', slug: 'one' });
			const does = async (field: string) =>
				directus.request('PATCH', `/items/posts/${id}`, { [field]: 'x' }, SYNC_TOKEN).then(
					() => true,
					() => false,
				);
			for (const field of ['title', 'slug']) {
				const offer = (await posts())?.fields[field];
				expect({ field, update: offer?.update }).toEqual({ field, update: await does(field) });
			}
		});

		test('is also what a role permits, for a user that has the policy by its role', async () => {
			const other = await directus.data<{ id: string }>('POST', '/policies', {
				name: 'More',
				roles: [{ role }],
			});
			await permit(other.id, 'update');
			await directus.request('PATCH', `/roles/${role}`, {
				policies: { create: [{ policy: POLICY }], update: [], delete: [] },
			});
			expect(await posts(ANYBODY)).toMatchObject({ create: true, update: true, delete: true });
		});

		test('is nothing from an address that the policy does not name', async () => {
			await directus.request('PATCH', `/policies/${POLICY}`, { ip_access: ['10.1.2.3', '192.168.0.0/16'] });
			await expect(ask(SYNC_TOKEN)).rejects.toMatchObject({ status: 403 });
			await directus.request('PATCH', `/policies/${POLICY}`, { ip_access: ['127.0.0.0/8', '::1'] });
			expect(await posts()).toMatchObject({ create: true });
		});
	});
}
