import { beforeAll, describe, expect, test } from 'vitest';
import { until } from '../kit/wait.js';
import { digestKeyOf } from '../../src/sync/core/compare/digest-key.js';
import type { Directus } from '../kit/directus.js';

const POLICY = '2e76994c-a4eb-47ac-b811-e4692ad9de5e';
const USER = '7c6b6863-d298-453d-a192-4a343eb7ddd3';

const stamp = (by = 'anotherinst0') => `${Date.now().toString(36).padStart(9, '0')}00-${by}`;
/** A row as a peer sends it; deleted where it has no values. */
export const row = (collection: string, syncId: string, values: object | null, more: object = {}) => ({
	collection,
	sync_id: syncId,
	key: syncId,
	state: {
		groups: values ? [{ stamp: stamp(), knows: { anotherinst0: stamp() }, values }] : [],
		deleted: values ? null : { stamp: stamp(), knows: { anotherinst0: stamp() } },
	},
	seen_by: ['anotherinst0'],
	...more,
});

/** What holds of an instance that has a credential of its own, and of those that say they were it. */
export function whoIsPaired(
	world: () => Directus,
	{ syncToken, otherToken }: Record<'syncToken' | 'otherToken', string>,
): void {
	/** With a header of its own, and no token. */
	const askAs = async (path: string, headers: Record<string, string>, body: object) => {
		const response = await fetch(`${world().url}/downstream/sync/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify({ protocol: 1, ...body }),
		});
		const { data, errors } = (await response.json()) as {
			data?: {
				credential?: string;
				results?: { outcome: string; code?: string }[];
				keyed?: boolean;
				buckets?: Record<string, string>;
			};
			errors?: { extensions: { code: string } }[];
		};
		return { status: response.status, code: errors?.[0]?.extensions.code, data };
	};

	describe('once it is paired', () => {
		const PARTNER = 'partnerinst0';
		let source: string;
		let credential = '';
		const as = (key = credential) => ({ authorization: `Downstream ${key}` });
		beforeAll(async () => {
			for (const collection of ['posts', 'tags', 'docs'])
				for (const action of ['create', 'update', 'delete'])
					await world().request('POST', '/permissions', { policy: POLICY, collection, action, fields: ['*'] });
			({ id: source } = await world().data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
				status: 'published',
				name: 'Partner',
				url: 'http://127.0.0.1:9/partner',
				schema: [
					{ collection: 'posts', fields: ['title'], direction: 'both' },
					{ collection: 'tags', fields: ['name'], direction: 'push' },
				],
			}));
		});

		test('comes with a credential that a code gives it, once', async () => {
			const { code } = await world().data<{ code: string }>('POST', `/downstream/sync/peers/${source}/pair`, {});
			for (const wrong of ['', `${code}x`])
				expect(await askAs('pair', { 'x-downstream-code': wrong }, { from: PARTNER })).toMatchObject({ status: 403 });
			const given = await askAs('pair', { authorization: `Downstream-Code ${code}` }, { from: PARTNER });
			expect(given).toMatchObject({ status: 200, data: { credential: expect.stringMatching(/^dsr_.{43}$/) } });
			credential = given.data?.credential ?? '';
			expect(await askAs('pair', { authorization: `Downstream-Code ${code}` }, { from: PARTNER })).toMatchObject({
				status: 403,
			});
			const kept = JSON.stringify(await world().sql('downstream_sync_credentials'));
			for (const secret of [code, credential]) expect(kept).not.toContain(secret);
			const hi = { from: PARTNER, collections: [] };
			expect(await askAs('hello', as(), hi)).toMatchObject({ status: 200 });
			// Directus writes the headers of each request into its log (LOG_STYLE=raw).
			expect(world().log()).toContain('/downstream/sync/pair');
			for (const secret of [code, credential]) expect(world().log().split(/\s|"/)).not.toContain(secret);
			// Where a proxy needs Authorization for itself.
			expect(await askAs('hello', { 'x-downstream-remote': credential }, hi)).toMatchObject({ status: 200 });
		});

		test('is nobody else, and nobody else is it', async () => {
			const hi = { collections: [] };
			expect(await askAs('hello', as(), { ...hi, from: 'anotherinst0' })).toMatchObject({ code: 'OTHER_INSTANCE' });
			expect(await askAs('hello', as(`${credential}x`), { ...hi, from: PARTNER })).toMatchObject({ status: 401 });
			const bodies = {
				hello: hi,
				apply: { changes: [] },
				digests: { collection: 'posts', fields: ['title'] },
				resend: { collections: [{ collection: 'posts' }] },
			};
			for (const token of [syncToken, world().token])
				for (const [path, body] of Object.entries(bodies)) {
					const answer = await askAs(path, { authorization: `Bearer ${token}` }, { from: PARTNER, ...body });
					expect({ path, ...answer }).toMatchObject({ path, status: 403, code: 'PAIRED' });
				}
		});

		test('gives its name to no other remote source by a code of that one', async () => {
			const { id } = await world().data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
				name: 'Another',
				url: 'http://127.0.0.1:9/another',
				schema: [{ collection: 'docs', fields: ['*'], direction: 'both' }],
			});
			const { code } = await world().data<{ code: string }>('POST', `/downstream/sync/peers/${id}/pair`, {});
			const redeem = (from: string) => askAs('pair', { 'x-downstream-code': code }, { from });
			expect(await redeem(PARTNER)).toMatchObject({ status: 403, code: 'OTHER_REMOTE' });
			expect(await redeem('otherpartner')).toMatchObject({ status: 200 });
			const claim = { from: 'otherpartner', collections: [] };
			const asUser = () => askAs('hello', { authorization: `Bearer ${syncToken}` }, claim);
			expect(await asUser()).toMatchObject({ code: 'PAIRED' });
			await world().request('DELETE', `/items/data_sync_remote_sources/${id}`);
			await until(async () => (await asUser()).status === 200, { message: 'its credential to go with its source' });
		});

		test('is held to the rules of its remote source', async () => {
			const id = 'e0000000-0000-4000-8000-0000000000aa';
			const sent = [
				row('posts', 'partner-post', { title: 'taken', slug: 'not-taken' }),
				row('tags', 'partner-tag', { name: 'no' }),
				row('docs', id, { title: 'no' }),
			];
			const { data } = await askAs('apply', as(), { from: PARTNER, changes: sent });
			expect(data?.results?.map(({ outcome, code }) => code ?? outcome)).toEqual(['applied', 'DIRECTION', 'NO_RULE']);
			const posts = await world().data<object[]>('GET', '/items/posts?filter[title]=taken');
			expect(posts).toMatchObject([{ title: 'taken', slug: null }]);
		});

		test('gets digests that are worth nothing without its credential', async () => {
			const body = { from: PARTNER, collection: 'posts', fields: ['title'] };
			const told = async (more: Record<string, string>) => (await askAs('digests', { ...as(), ...more }, body)).data;
			const named = (secret: string) => ({ 'x-downstream-digest-key': digestKeyOf(secret).name });
			const [own, older, wrong] = [await told(named(credential)), await told({}), await told(named('guess'))];
			expect([own, older, wrong].map((digests) => digests?.keyed)).toEqual([true, false, false]);
			expect(Object.keys(own?.buckets ?? {})).toEqual(Object.keys(older?.buckets ?? {}));
			expect(Object.values(own?.buckets ?? {})).not.toEqual(Object.values(older?.buckets ?? {}));
			expect(wrong).toEqual(older);
			expect(Object.keys(own?.buckets ?? {})).not.toHaveLength(0);
		});

		test('is not known any more when that is taken back, and may come as the user again', async () => {
			await world().request('POST', `/downstream/sync/peers/${source}/unpair`, {});
			expect(await askAs('hello', as(), { from: PARTNER, collections: [] })).toMatchObject({
				status: 401,
				code: 'UNKNOWN_CREDENTIAL',
			});
			const claim = { from: PARTNER, collections: [] };
			expect(await askAs('hello', { authorization: `Bearer ${syncToken}` }, claim)).toMatchObject({ status: 200 });
		});

		test('is not anybody who comes as another user than it did before, as long as that one may come', async () => {
			const claimed = () =>
				askAs('hello', { authorization: `Bearer ${otherToken}` }, { from: PARTNER, collections: [] });
			expect(await claimed()).toMatchObject({ status: 403, code: 'OTHER_USER' });
			await world().request('PATCH', `/users/${USER}`, { token: null });
			expect(await claimed()).toMatchObject({ status: 200 });
		});
	});
}
