import { expect, test } from 'vitest';
import type { Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';
import { ADMIN } from '../kit/settings.js';
import { runBuilt } from './cli-process.js';
import { link, quiet } from './sync-link.js';

const POLICY = '2e76994c-a4eb-47ac-b811-e4692ad9de5e';
const USER = '7c6b6863-d298-453d-a192-4a343eb7ddd3';
const RULES = [{ collection: 'posts', fields: ['title', 'slug'], direction: 'both' }];

/** Two instances pair by the command line, one way and then the other, and take it back. */
export function whatPairedInstancesDo(world: () => { a: Directus; b: Directus; folder: string }): void {
	const cli = (directus: Directus, ...argv: string[]) =>
		runBuilt(argv, world().folder, { DIRECTUS_URL: directus.url, DIRECTUS_TOKEN: ADMIN.token, CI: '1' });
	const nameOf = ({ url }: Directus) => `to ${url}`;
	const codeAt = async (at: Directus, other: Directus): Promise<string> => {
		const made = await cli(at, 'link', nameOf(other), '--json');
		expect(made, made.err).toMatchObject({ code: 0 });
		return (JSON.parse(made.out) as { code: string }).code;
	};
	const redeem = (at: Directus, other: Directus, code: string) => cli(at, 'link', nameOf(other), '--code', code);
	const slugs = async (directus: Directus) =>
		(await directus.data<{ slug: string }[]>('GET', '/items/posts?limit=-1&sort=slug')).map(({ slug }) => slug);
	const post = (directus: Directus, slug: string) => directus.request('POST', '/items/posts', { title: slug, slug });
	const arrives = (directus: Directus, slug: string) =>
		until(async () => (await slugs(directus)).includes(slug), { message: `"${slug}" to arrive at ${directus.url}` });
	const stateOf = async (directus: Directus) =>
		(await directus.data<{ targets: { state: string }[] }>('GET', '/downstream/status')).targets[0]?.state;

	test('pair by a code each, sync both ways, and know each other again in a comparison', async () => {
		const { a, b } = world();
		for (const directus of [a, b])
			for (const action of ['create', 'update', 'delete', 'read'])
				await directus.request('POST', '/permissions', { policy: POLICY, collection: 'posts', action, fields: ['*'] });
		const [source] = await a.data<{ id: string }[]>('GET', '/items/data_sync_remote_sources');
		await a.request('PATCH', `/items/data_sync_remote_sources/${source?.id}`, { schema: RULES });
		// A wrong token: what lets the two in is what the codes give.
		await link(b, a, RULES, { token: 'not a token of anybody' });
		const code = await codeAt(b, a);
		const wrong = await redeem(a, b, `${code.slice(0, -3)}xyz`);
		expect(wrong).toMatchObject({ code: 1 });
		expect(wrong.err).not.toContain(code.slice(0, -3));
		const paired = await redeem(a, b, code);
		expect(paired, paired.err).toMatchObject({ code: 0, out: expect.stringMatching(/Paired/) });
		expect(await redeem(a, b, code)).toMatchObject({ code: 1 });
		expect(await redeem(b, a, await codeAt(a, b))).toMatchObject({ code: 0 });
		for (const [directus, other] of [
			[a, b],
			[b, a],
		] as const) {
			const slug = `paired-${directus === a ? 'a' : 'b'}`;
			await post(directus, slug);
			await arrives(other, slug);
			const [written] = await other
				.sql('directus_activity')
				.where({ collection: 'posts' })
				.orderBy('id', 'desc')
				.limit(1);
			expect(written).toMatchObject({ action: 'create', user: USER });
			const stored = JSON.stringify(await directus.sql('data_sync_remote_sources'));
			for (const secret of ['dsr_', code]) expect(stored).not.toContain(secret);
		}
		await quiet(a, b);
		for (const [directus, other] of [
			[a, b],
			[b, a],
		] as const) {
			const compared = await cli(directus, 'compare', nameOf(other), '--exit-code');
			expect(compared, compared.out + compared.err).toMatchObject({ code: 0, out: expect.stringContaining('Equal') });
		}
	});

	test('are not let in any more once the credential is taken back, until they pair again', async () => {
		const { a, b } = world();
		const taken = await cli(b, 'link', nameOf(a), '--remove');
		expect(taken, taken.err).toMatchObject({ code: 0, out: expect.stringContaining('not let in') });
		await post(a, 'after-unpairing');
		await until(async () => (await stateOf(a)) === 'paused', { message: 'the link to pause' });
		await until(
			async () => JSON.stringify(await a.data('GET', '/downstream/incidents')).includes('pair the two again'),
			{ message: 'an incident that says what to do' },
		);
		expect(await cli(a, 'compare', nameOf(b))).toMatchObject({
			code: 1,
			err: expect.stringMatching(/pair the two again/),
		});
		expect(await slugs(b)).not.toContain('after-unpairing');
		// The other credential is another one.
		await post(b, 'still-known');
		await arrives(a, 'still-known');
		expect(await redeem(a, b, await codeAt(b, a))).toMatchObject({ code: 0 });
		const [source] = await a.data<{ id: string }[]>('GET', '/items/data_sync_remote_sources');
		await a.request('POST', `/downstream/targets/${source?.id}/resume`);
		await arrives(b, 'after-unpairing');
		await quiet(a, b);
	});
}
