import { expect, test } from 'vitest';
import type { AdapterName } from '../src/contract/vocabulary.js';
import { adapters } from '../src/flush/adapters/index.js';
import { purgeable } from '../src/flush/adapters/requests-of.js';
import type { FlushTarget } from '../src/flush/flush-target.js';
import { cannotPurge, purgeByHand } from '../src/flush/purge-by-hand.js';
import * as azure from './providers/azure.js';
import * as bunny from './providers/bunny.js';
import * as cloudflare from './providers/cloudflare.js';
import * as cloudfront from './providers/cloudfront.js';
import { change, deliver, delivered, run, target } from './providers/deliver.js';
import * as google from './providers/google.js';
import * as netlify from './providers/netlify.js';
import { sendingWorld } from './sending-world.js';

const ALL = ['tags', 'paths', 'prefixes', 'everything'];
const CAN: [AdapterName, Record<string, unknown>, string[]][] = [
	['webhook', {}, ['tags', 'paths']],
	['nextjs', {}, ['tags', 'paths']],
	['nuxt', {}, ['tags', 'paths']],
	['cloudflare', { zone: cloudflare.ZONE }, ALL],
	['fastly', { service: 'abc' }, ['tags', 'paths', 'everything']],
	['netlify', { site: 'site' }, ['tags', 'everything']],
	['vercel', { project: 'site' }, ['tags']],
	['vercel', { project: 'site', by: 'paths' }, ['paths']],
	['varnish', {}, ['paths']],
	['varnish', { method: 'ban' }, ['tags']],
	['nginx', {}, ['paths']],
	['akamai', { host: 'akab-1.luna.akamaiapis.net' }, ['tags', 'paths']],
	['bunny', { pull_zone: '1' }, ALL],
	['google', { project: 'project', url_map: 'site' }, ALL],
	['azure', azure.AT, ['paths', 'prefixes', 'everything']],
	['cloudfront', { distribution: 'E1', access_key_id: cloudfront.KEY_ID }, ['paths', 'prefixes', 'everything']],
	['cloudfront', { distribution: 'E1', access_key_id: cloudfront.KEY_ID, by: 'tags' }, ALL],
];
test.each(CAN)('%s %j can be told to purge %j', (name, options, can) => {
	expect(purgeable(adapters[name], target(name, options))).toEqual(can);
});

const wide = (prefixes: string[], everything = false) => [change('x', { wide: { prefixes, everything } })];
const SPELLINGS = ['/blog', '/blog/', '/blog/*', 'https://www.example.com/blog?x=1'];

test('a prefix is the folder below it however it is spelt, and everything is everything, as each provider takes it', async () => {
	const zone = await run(cloudflare.start());
	const atCloudflare = { zone: cloudflare.ZONE, base_url: `${zone.url}/client/v4` };
	const front = await run(cloudfront.start());
	const atFront = { distribution: cloudfront.DISTRIBUTION, access_key_id: cloudfront.KEY_ID, base_url: front.url };
	const map = await run(google.start());
	const atMap = { project: 'project', url_map: 'site', base_url: map.url, token_url: `${map.url}/token` };
	const pull = await run(bunny.start());
	const door = await run(azure.start());
	const [folder, all] = ['www.example.com/blog/', 'EVERYTHING'];
	for (const [name, options, apiKey, provider, purged] of [
		['cloudflare', atCloudflare, cloudflare.TOKEN, zone, [folder, all]],
		['cloudfront', atFront, cloudfront.SECRET_KEY, front, ['/blog/*', '/*']],
		['google', atMap, google.KEY, map, ['www.example.com /blog/*', 'undefined /*']],
		[
			'bunny',
			{ pull_zone: bunny.ZONE, base_url: pull.url },
			bunny.KEY,
			pull,
			[`https://${folder}* AND ALL BELOW`, all],
		],
		['azure', { ...azure.AT, base_url: door.url, login_url: door.url }, azure.SECRET, door, ['/blog/*', '/*']],
	] as const) {
		const to = target(name, options, { apiKey });
		for (const prefix of SPELLINGS) {
			provider.purged.splice(0);
			expect(await deliver(name, wide([prefix]), to)).toEqual(delivered(1));
			// CloudFront takes what has the same reference for the same.
			if (name !== 'cloudfront') expect(provider.purged).toEqual([purged[0]]);
		}
		provider.purged.splice(0);
		expect(await deliver(name, wide([], true), to)).toEqual(delivered(1));
		expect(provider.purged).toEqual([purged[1]]);
	}
	const site = await run(netlify.start());
	const to = target('netlify', { site: netlify.SITE, base_url: site.url }, { apiKey: netlify.TOKEN });
	expect(await deliver('netlify', wide([], true), to)).toEqual(delivered(1));
	expect(site.purged).toEqual([netlify.CATASTROPHE]);
});

const NOTHING = { tags: [], paths: [], prefixes: [], everything: false };

test('what is purged by hand is sent once, by nobody’s rule, and shown before without being sent', async () => {
	const world = await sendingWorld({}, () => ({ status: 200, headers: {}, body: '' }));
	const webhook = {
		id: 'target',
		name: 'Site',
		url: 'http://site.test/?token=the-secret-token',
		adapter: 'webhook',
		authHeader: 'bearer',
		options: { batch_size: 100 },
		secrets: async () => ({ apiKey: 'the-api-key', signing: [] }),
	} as unknown as FlushTarget & { options: object };
	let seq = 0;
	const ports = {
		database: world.database,
		clock: { now: () => Date.now() - 1_000, random: () => 0, id: () => `0190a0a0-0000-7000-8000-00000000000${seq++}` },
		engine: { wake() {} },
	};
	const asked = { ...NOTHING, tags: ['articles-5'], paths: ['/gone'] };
	const shown = await purgeByHand(ports, webhook, { asked, user: null, dryRun: true });
	expect(JSON.stringify(shown)).toContain('articles-5');
	expect(JSON.stringify(shown)).not.toMatch(/the-api-key|the-secret-token/);
	expect(await world.rows()).toEqual([]);
	for (const tags of [['articles-5'], ['articles-6']])
		await purgeByHand(ports, webhook, { asked: { ...asked, tags }, user: 'somebody', dryRun: false });
	await world.drain();
	expect((await world.rows()).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
	const entries = world.requests.flatMap(({ body }) => JSON.parse(body ?? '[]') as object[]);
	expect(entries).toMatchObject([
		{ collection: 'downstream', fields: {}, tags: ['articles-5'], paths: ['/gone'] },
		{ collection: 'downstream', fields: {}, tags: ['articles-6'], paths: ['/gone'] },
	]);
	expect(cannotPurge(webhook, { ...asked, everything: true })).toEqual({
		cannot: ['everything'],
		can: ['tags', 'paths'],
	});
	expect(cannotPurge(webhook, asked)).toBeNull();
	await world.stop();
});
