import { expect, it } from 'vitest';
import { memoryDatabase } from '../../test/kit/memory-database.js';
import type { SyncFitsHost } from '../sync/link-offers.js';
import { createSyncFits } from '../sync/sync-fits.js';

const HOUR = 3_600_000;
const NOW = 1_795_000_000_000;

it.each([3 * HOUR, -3 * HOUR, 0])('knows how far the clock of a remote is ahead (%i ms)', async (ahead) => {
	const source = { id: 'remote', kind: 'sync', status: 'published', name: 'Paris', url: 'http://paris', rules: [{}] };
	const welcome = { instance: 'bbbbbbbbbbbb', version: '0.1.0', protocol: 1, now: NOW + ahead, knows_you: true };
	const database = memoryDatabase();
	const fits = createSyncFits({
		database,
		clock: { now: () => NOW, id: () => 'id', random: () => 0.5 },
		logger: { debug() {}, info() {}, warn() {}, error() {} },
		http: {
			send: async () => ({ status: 200, headers: {}, body: JSON.stringify({ data: { ...welcome, collections: {} } }) }),
		},
		remotes: () => [{ ...source, apiKey: async () => null, rules: [{ rule: {}, model: { collection: 'posts' } }] }],
		instance: () => 'aaaaaaaaaaaa',
		peer: () => 'bbbbbbbbbbbb',
		release: async () => true,
	} as unknown as SyncFitsHost);
	expect(fits.ahead('remote')).toBeNull();
	await fits.ensure({ ...source, apiKey: async () => null, rules: [{ model: { collection: 'posts' } }] } as never);
	expect(fits.ahead('remote')).toBe(ahead);
	await database.destroy();
});
