import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anything } from '../bad-input.js';
import { row, whoIsPaired } from './sync-pairing.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import type { CollectionOffer, SyncWelcome } from '../../src/contract/sync-messages.js';

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
			directus = await startDirectus({ version, database: 'sqlite', content: true, env: { LOG_STYLE: 'raw' } });
			await directus.request('PATCH', `/users/${USER}`, { token: SYNC_TOKEN });
			role = (await directus.data<{ id: string }>('POST', '/roles', { name: 'Somebody' })).id;
			await directus.request('POST', '/users', { email: 'any@example.com', role, token: ANYBODY });
		});
		afterAll(() => directus?.stop());

		const ask = (token: string | null, body: object = hello) =>
			directus.data<SyncWelcome>('POST', '/downstream/sync/hello', body, token);
		const posts = async (token = SYNC_TOKEN, from = hello.from): Promise<CollectionOffer | undefined> =>
			(await ask(token, { ...hello, from })).collections['posts'];
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
				primary: null,
				key_type: null,
				create: false,
				update: false,
				delete: false,
				fields: {},
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
				primary: 'id',
				key_type: 'integer',
				fields: { title: { type: 'string', create: true, update: false } },
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
			// Another user than the one that this instance is known by is another instance.
			await expect(posts(ANYBODY)).rejects.toMatchObject({ status: 403 });
			expect(await posts(ANYBODY, 'somebodyels0')).toMatchObject({ create: true, update: true, delete: true });
		});

		test('is nothing from an address that the policy does not name', async () => {
			await directus.request('PATCH', `/policies/${POLICY}`, { ip_access: ['10.1.2.3', '192.168.0.0/16'] });
			await expect(ask(SYNC_TOKEN)).rejects.toMatchObject({ status: 403 });
			await directus.request('PATCH', `/policies/${POLICY}`, { ip_access: ['127.0.0.0/8', '::1'] });
			expect(await posts()).toMatchObject({ create: true });
		});

		const apply = async (changes: unknown[], token: string = SYNC_TOKEN, from = 'anotherinst0') =>
			(
				await directus.data<{ results: Record<string, unknown>[] }>(
					'POST',
					'/downstream/sync/apply',
					{ protocol: 1, from, changes },
					token,
				)
			).results;
		const records = async () =>
			Number((await directus.sql('downstream_sync_versions').count({ count: '*' }))[0]?.count);

		test('is nothing with what belongs to an instance, even as an admin', async () => {
			const refused = ['users', 'roles', 'policies', 'permissions', 'access', 'sessions', 'settings', 'shares', 'flows']
				.map((name) => `directus_${name}`)
				.concat('data_sync_remote_sources', 'cache_flush_targets', 'cache_flush_targets_directus_users')
				.concat('downstream_sync_versions', 'downstream_meta');
			const odd = ['__proto__', 'constructor', 'toString'];
			const before = await records();
			const admins = await directus
				.data<object[]>('GET', '/users?filter[role][admin_access]=true&limit=-1')
				.catch(() => []);
			for (const token of [directus.token, SYNC_TOKEN]) {
				const id = 'e0000000-0000-4000-8000-00000000000e';
				const values = {
					email: 'evil@example.com',
					name: 'evil',
					url: 'http://evil',
					admin_access: true,
					status: 'active',
				};
				const changes = [...refused, ...odd].flatMap((name) => [
					row(name, id, values),
					row(name, USER, { token: 'mine' }),
					row(name, USER, null),
				]);
				const results = await apply(changes, token);
				expect(results.map(({ outcome }) => outcome)).toEqual(changes.map(() => 'parked'));
				const coded = results.filter(({ collection }) => refused.includes(String(collection)));
				expect(new Set(coded.map(({ code }) => code))).toEqual(new Set(['REFUSED_COLLECTION']));
				const { collections } = await ask(token, { ...hello, collections: [...refused, 'constructor'] });
				expect(Object.values(collections).map(({ exists }) => exists)).not.toContain(true);
				for (const collection of [...refused, ...odd]) {
					const body = { protocol: 1, from: hello.from, collection, fields: ['id', 'email', 'token', 'name'] };
					await expect(directus.request('POST', '/downstream/sync/digests', body, token)).rejects.toMatchObject({
						status: collection === '__proto__' ? 400 : 403,
					});
				}
			}
			expect(await records()).toBe(before);
			expect(await directus.sql('directus_users').where({ email: 'evil@example.com' })).toEqual([]);
			expect(await directus.data('GET', '/users?filter[role][admin_access]=true&limit=-1').catch(() => [])).toEqual(
				admins,
			);
		});

		test('leaves no record where it may do nothing, and does not end in an error, whatever it says', async () => {
			const before = await records();
			await apply([row('tags', 'red', null), row('tags', 'red', { label: 'x' }), row('nothing', 'x', null)]);
			expect(await records()).toBe(before);
			const seed = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
			const odd = fc.oneof(
				anything,
				fc.dictionary(fc.constantFrom('collection', 'sync_id', 'state', 'seen_by'), anything),
			);
			await fc.assert(
				fc.asyncProperty(fc.array(odd, { maxLength: 20 }), anything, async (changes, from) => {
					for (const body of [
						{ protocol: 1, from: 'anotherinst0', changes: [...changes, row('posts', 'x', { title: changes })] },
						{ protocol: 1, from, changes },
						{ protocol: 1, from: 'anotherinst0', collection: from, fields: changes, buckets: changes },
					])
						for (const path of ['apply', 'hello', 'digests', 'resend']) {
							const answer = await directus.request('POST', `/downstream/sync/${path}`, body, SYNC_TOKEN).then(
								() => 200,
								({ status }: { status: number }) => status,
							);
							expect({ path, answer, body, ok: [200, 400, 403].includes(answer) }).toMatchObject({ ok: true });
						}
				}),
				{ seed, numRuns: Number(process.env['FUZZ_RUNS'] ?? 5) },
			);
		});

		// Directus 12 takes permissions with rules only with a licence.
		test.runIf(version === '11')('tells nothing of rows that its rules do not let it update', async () => {
			await directus.sql('directus_permissions').where({ policy: POLICY, collection: 'docs' }).delete();
			for (const action of ['create', 'update'])
				await directus.request('POST', '/permissions', {
					policy: POLICY,
					collection: 'docs',
					action,
					fields: ['*'],
					permissions: action === 'update' ? { title: { _starts_with: 'open' } } : {},
				});
			const made = await directus.data<{ id: string }>('POST', '/items/docs', { title: 'PIN 4711' });
			const open = await directus.data<{ id: string }>('POST', '/items/docs', { title: 'open' });
			const guess = async (id: string, title: string) => {
				const [{ sync_id: _, ...answer } = {}] = await apply([row('docs', id, { title })]);
				return answer;
			};
			const [wrong, right] = [await guess(made.id, 'PIN 0000'), await guess(made.id, 'PIN 4711')];
			expect(wrong).toMatchObject({ outcome: 'parked', code: 'FORBIDDEN' });
			expect(right).toEqual(wrong);
			expect(await guess(open.id, 'open now')).toMatchObject({ outcome: 'applied' });
			const sums = { protocol: 1, from: 'anotherinst0', collection: 'docs', fields: ['title'] };
			const told = (body: object) => directus.data<object>('POST', '/downstream/sync/digests', body, SYNC_TOKEN);
			expect(await told(sums)).toMatchObject({ rows: 1, unmapped: 0, unmapped_keys: [] });
			const buckets = Array.from({ length: 4_096 }, (_, bucket) => bucket.toString(16).padStart(3, '0'));
			expect(Object.keys(await told({ ...sums, buckets }))).toEqual([open.id]);
		});

		whoIsPaired(() => directus, { syncToken: SYNC_TOKEN, otherToken: ANYBODY });
	});
}
