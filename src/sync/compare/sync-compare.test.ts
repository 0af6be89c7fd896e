import { describe, expect, it } from 'vitest';
import type { SchemaOverview } from '@directus/types';
import { SYNC_SCHEMA } from '../../../test/sync-schema.js';
import { readRemoteSource } from '../core/rules/read-remote-source.js';
import type { Runtime } from '../../app/runtime.js';
import { compareWith } from './sync-compare.js';

/** Compares with a peer that answers so, for a source with this rule. */
async function compare(
	rule: object | null,
	answer: { status: number; body: string },
	schema: SchemaOverview = SYNC_SCHEMA,
) {
	const row = { id: 'there', url: 'http://there', status: 'published', schema: rule ? [rule] : [] };
	const source = { ...readRemoteSource(row, 'there', schema), apiKey: async () => null };
	let saved: number | null = null;
	const runtime = {
		clock: { now: () => 1 },
		http: { send: async () => ({ headers: {}, ...answer }) },
		sync: {
			schema: () => null,
			instance: () => 'aaaaaaaaaaaa',
			identityOf: () => null,
			compared: async (_target: string, at: number, equal: boolean) => void (equal && (saved = at)),
		},
		database: Object.assign(
			() => {
				const none = Promise.resolve([]);
				const query = { select: () => query, orderBy: () => query, limit: () => none, where: () => none };
				return query;
			},
			{ client: { config: { client: 'sqlite3' } } },
		),
	} as unknown as Runtime;
	return { ...(await compareWith(runtime, source, undefined)), saved };
}

const answer = (fields: string[], more: object = {}) => ({
	status: 200,
	body: JSON.stringify({ data: { rows: 0, unmapped: 0, unmapped_keys: [], fields, buckets: {}, ...more } }),
});
const rule = { collection: 'tags', fields: ['label'] };

describe('two instances are said to be equal', () => {
	it('where every field of every rule was compared', async () => {
		expect(await compare(rule, answer(['label']))).toMatchObject({ equal: true, saved: 1 });
	});

	it.each([
		['a page that is empty', { status: 200, body: '{"data":[]}' }],
		['no data', { status: 200, body: '{"data":{}}' }],
		['an answer cut half way', { status: 200, body: answer(['label']).body.slice(0, 40) }],
		['a page of something else', { status: 200, body: '<html></html>' }],
		['a lost permission', { status: 403, body: '{}' }],
		['431', { status: 431, body: '' }],
		['503', { status: 503, body: '' }],
	])('and not after %s', async (_, said) => {
		const found = await compare(rule, said);
		expect(found).toMatchObject({ equal: false, saved: null });
		expect(found.collections).toMatchObject([
			{ collection: 'tags', missing_there: { count: 0 }, missing_here: { count: 0 } },
		]);
		expect(found.collections[0]?.problem).toBeTruthy();
	});

	it('and not where the other side does not show a field', async () => {
		const found = await compare(rule, answer([]));
		expect(found).toMatchObject({ equal: false, saved: null, collections: [{ not_compared: ['label'] }] });
	});

	it('and not where a rule is turned off, or there is none', async () => {
		const off = await compare({ collection: 'tags', fields: ['label', 'gone'] }, answer(['label']));
		expect(off).toMatchObject({ equal: false, saved: null, collections: [{ collection: 'tags' }] });
		expect(off.collections[0]?.problem).toMatch(/turned off.*"gone"/);
		expect(await compare(null, answer([]))).toMatchObject({ equal: false, saved: null });
	});
});
