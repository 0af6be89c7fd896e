import { beforeEach, describe, expect, it } from 'vitest';
import { plainRequests } from './plain-items.js';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { WireRequest } from '../../kernel/core/wire.js';
import type { RemoteSource } from '../remote-source.js';
import { EXAMPLE_MODELS } from '../../../test/fixtures/example-database.js';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';
import { NEEDS_EXTENSION, openPlainChannel, type PlainChannelPorts } from './plain-channel.js';

const docs = EXAMPLE_MODELS.get('docs') as SyncModel;
const base = { type: 'string', related: null, typeField: null, required: false } as const;
EXAMPLE_MODELS.set('docs', {
	...docs,
	fields: new Map(docs.fields)
		.set('parent', { ...base, field: 'parent', kind: 'reference', type: 'uuid', related: 'docs' })
		.set('author', { ...base, field: 'author', kind: 'reference', type: 'integer', related: 'authors' })
		.set('owner', { ...base, field: 'owner', kind: 'user', type: 'uuid', related: 'directus_users' }),
});

const A = '00000000-0000-4000-8000-00000000000a';
const B = '00000000-0000-4000-8000-00000000000b';
const TOKEN = 'a-secret-token';

const source = {
	id: 'plain',
	kind: 'sync',
	name: 'plain',
	url: 'http://plain',
	options: { batch_size: 500, timeout_ms: 1_000 },
	apiKey: async () => TOKEN,
} as unknown as RemoteSource;

describe('a channel to an instance without the extension', () => {
	let time = 1e12;
	let ids = 0;
	let instance: ExampleInstance;
	let asked: WireRequest[];
	let leftOut: string[];
	let answer: (request: WireRequest) => { status: number; data?: unknown };
	const now = () => (time += 1);

	beforeEach(() => {
		const shared = { now, id: () => `00000000-0000-4000-9000-${String(++ids).padStart(12, '0')}` };
		instance = new ExampleInstance('aaaaaaaaaaaa', shared, 'update', 1);
		Object.assign(instance.database.reads, {
			users: async (some: string[]) => some.map((id) => ({ id, email: `${id}@x.example`, external: null })),
		});
		instance.links.push({ id: 'plain' } as ExampleInstance);
		[asked, leftOut] = [[], []];
		answer = () => ({ status: 200, data: [] });
	});

	/** Plans what happened, and sends what is owed for it. */
	async function send() {
		await instance.plan();
		const owed = instance.owed.get('plain')?.splice(0) ?? [];
		const { reads } = instance.database;
		const channel = await openPlainChannel(
			source,
			{
				clock: { now, id: () => `batch-${++ids}`, random: () => 0.5 },
				logger: { debug() {}, info() {}, warn() {}, error() {} },
				reads: {
					...reads,
					users: async (some) => some.map((id) => ({ id, email: `${id}@x.example`, external: null })),
				},
				identityOf: (collection) => EXAMPLE_MODELS.get(collection) ?? null,
				ruleOf: ({ collection }) => {
					const model = EXAMPLE_MODELS.get(collection);
					return { model, references: new Map(), rule: { rewrite_ids: [] } } as unknown as CompiledSyncRule;
				},
				partial: () => new Set(),
				holdOn: () => null,
				held: async () => new Map(),
				brake: async () => new Map(),
				requests: plainRequests,
				leftOut: (_target, collection, fields) => void leftOut.push(...fields.map((field) => `${collection}.${field}`)),
				send: async (request) => {
					asked.push(request);
					const { status, data } = answer(request);
					return { status, headers: {}, body: JSON.stringify({ data }) };
				},
				attempted: () => {},
				hurryWaiting: async () => {},
			} satisfies PlainChannelPorts,
			async () => {},
		);
		const sent = [];
		for (const group of await channel.group(owed)) sent.push(await channel.deliver(group, () => {}));
		return {
			verdicts: sent.flatMap(({ results }) =>
				results.flatMap(({ deliveries, verdict }) => deliveries.map(({ collection }) => ({ collection, ...verdict }))),
			),
			attempts: sent.flatMap(({ attempts }) => attempts),
			pause: sent.find(({ pause }) => pause !== undefined)?.pause,
		};
	}
	const bodies = (method: string) =>
		asked.filter((request) => request.method === method).flatMap(({ body }) => JSON.parse(body ?? '[]') as unknown);

	it('sends references to UUIDs, users by who they are there, and leaves out what would lead elsewhere', async () => {
		const author = instance.database.create('authors', { label: 'Ada' }, now());
		instance.database.create('docs', { id: A, label: 'a', owner: 'u1' }, now());
		instance.database.create('docs', { id: B, label: 'b', parent: A, author: Number(author), owner: 'u2' }, now());
		answer = ({ url }) => ({
			status: 200,
			data: url.includes('/users') ? [{ id: 'other', email: 'U1@x.example' }] : [],
		});
		const { verdicts, attempts } = await send();
		expect(bodies('POST')).toEqual([
			{ id: A, label: 'a', title: null, at: null, parent: null, author: null, owner: 'other' },
			{ id: B, label: 'b', title: null, at: null, parent: A },
		]);
		expect(leftOut.toSorted()).toEqual(['docs.author', 'docs.owner']);
		expect(verdicts.filter(({ collection }) => collection === 'docs').map(({ kind }) => kind)).toEqual([
			'delivered',
			'delivered',
		]);
		expect(verdicts.find(({ collection }) => collection === 'authors')).toMatchObject({
			kind: 'failed',
			code: NEEDS_EXTENSION,
		});
		expect(asked[0]?.headers['authorization']).toBe(`Bearer ${TOKEN}`);
		expect(JSON.stringify(attempts)).not.toContain(TOKEN);
	});

	it('updates what is there, and deletes by key', async () => {
		instance.database.create('docs', { id: A, label: 'a' }, now());
		answer = ({ method }) => ({ status: 200, data: method === 'GET' ? [{ id: A }] : [] });
		await send();
		expect(bodies('PATCH')).toMatchObject([{ id: A, label: 'a' }]);
		instance.database.remove('docs', A, now());
		await send();
		expect(bodies('DELETE')).toEqual([{ keys: [A] }]);
	});

	it('keeps what is owed while the other side cannot answer, also for who its users are', async () => {
		instance.database.create('docs', { id: A, label: 'a', owner: 'u1' }, now());
		answer = () => ({ status: 503 });
		const { verdicts } = await send();
		expect(verdicts).toMatchObject([{ kind: 'retry', code: 'HTTP_503' }]);
		expect(asked).toHaveLength(1);
	});

	it('takes nobody for unknown because the answer who they are was cut', async () => {
		instance.database.create('docs', { id: A, label: 'a', owner: 'u1' }, now());
		answer = ({ url }) => ({ status: 200, data: url.includes('/users') ? undefined : [] });
		const { verdicts } = await send();
		expect(verdicts).toMatchObject([{ kind: 'retry', code: 'ANSWER_UNREADABLE' }]);
		expect(leftOut).toEqual([]);
		expect(bodies('POST')).toEqual([]);
	});

	it('stands still where the token is not known', async () => {
		instance.database.create('docs', { id: A, label: 'a' }, now());
		answer = () => ({ status: 401 });
		const { verdicts, pause } = await send();
		expect(verdicts).toMatchObject([{ kind: 'retry' }]);
		expect(pause).toMatch(/does not know the token/);
	});
});
