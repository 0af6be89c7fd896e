import { randomUUID } from 'node:crypto';
import type { Directus } from '../kit/directus.js';
import type { Answer, ReceivedRequest, Receiver } from '../kit/receiver.js';
import { API_KEY } from './world-targets.js';

/** The remote sources of the world, by what they are called in tests; where each ends up is said beside it. */
export type RemoteName = 'staging' | 'production' | 'partner';

const PEER = 'peerofworld1';
const posts = { collection: 'posts', fields: ['title', 'slug', 'views'], direction: 'both', conflict: 'manual' };
const articles = {
	collection: 'articles',
	fields: ['title', 'slug', 'body', 'author', 'tags', 'translations'],
	when: { status: { _eq: 'published' } },
	direction: 'push',
	conflict: 'newest',
};

const REMOTES: Record<RemoteName, Record<string, unknown> & { path: string }> = {
	/** Linked, with conflicts; it lacks a field and some permissions. */
	staging: { name: 'Staging', path: '/staging', schema: [posts, articles] },
	/** It does not know the token. */
	production: { name: 'Production', path: '/production', schema: [{ collection: 'docs', fields: ['*'] }] },
	/** A draft: nothing answers there. */
	partner: { name: 'Partner', path: '/partner', schema: [posts], status: 'draft' },
};

/** What the other instances answer; null for what is none of theirs. */
export function answerAsPeer({ path, json }: ReceivedRequest): Answer | null {
	if (path.endsWith('/server/ping')) return { body: 'pong' };
	if (path.startsWith('/production/downstream/'))
		return { status: 401, body: { errors: [{ message: 'Invalid token' }] } };
	if (path.startsWith('/partner/downstream/'))
		return { status: 404, body: { errors: [{ message: 'Route not found' }] } };
	if (path === '/staging/downstream/sync/hello') return { body: { data: welcome(json) } };
	if (path === '/staging/downstream/sync/apply') return { body: { data: applied(json) } };
	return null;
}

function welcome(json: unknown): object {
	const { collections = [] } = (json ?? {}) as { collections?: string[] };
	const field = { type: 'string', nullable: true, required: false, related: null, create: true, update: true };
	const offer = (collection: string) => ({
		exists: collection !== 'tags',
		primary: 'id',
		key_type: 'integer',
		singleton: false,
		create: true,
		update: true,
		delete: collection !== 'posts',
		fields: { title: field, slug: field, views: { ...field, type: 'integer' }, body: { ...field, type: 'text' } },
	});
	return {
		instance: PEER,
		version: '0.1.0',
		protocol: 1,
		now: Date.now(),
		knows_you: false,
		collections: Object.fromEntries(collections.map((collection) => [collection, offer(collection)])),
	};
}

function applied(json: unknown): object {
	const { changes = [] } = (json ?? {}) as { changes?: { collection: string; sync_id: string }[] };
	const results = changes.map(({ collection, sync_id }) => ({ collection, sync_id, outcome: 'applied' }));
	return { instance: PEER, results };
}

/** Adds the remote sources, and conflicts of each kind: waiting, decided by rules, and resolved. */
export async function addRemotes(directus: Directus, receiver: Receiver): Promise<Record<RemoteName, string>> {
	const made = {} as Record<RemoteName, string>;
	for (const [name, { path, ...source }] of Object.entries(REMOTES) as [RemoteName, (typeof REMOTES)[RemoteName]][]) {
		const { id } = await directus.data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
			status: 'published',
			api_key: API_KEY,
			...source,
			url: `${receiver.url}${path}`,
		});
		made[name] = id;
	}
	await directus.sql('downstream_sync_conflicts').insert(conflicts(made.staging));
	await directus.sql('downstream_sync_log').insert(received());
	return made;
}

/** What Staging wrote here: a request of several collections, and one that came before an instance was forgotten. */
function received(): object[] {
	const now = Date.now();
	const one = (minutes: number, peer: string, [run, collection, event]: [string, string, string]) => ({
		id: randomUUID(),
		run,
		at: now - minutes * 60_000,
		peer,
		collection,
		sync_id: randomUUID(),
		local_key: '1',
		event,
		before: null,
		after: null,
	});
	const [several, single] = [randomUUID(), randomUUID()];
	return [
		one(3, PEER, [several, 'posts', 'create']),
		one(3, PEER, [several, 'posts', 'update']),
		one(3, PEER, [several, 'posts', 'update']),
		one(3, PEER, [several, 'articles_translations', 'delete']),
		one(90, 'forgotten123', [single, 'authors', 'update']),
	];
}

function conflicts(target: string): object[] {
	const now = Date.now();
	const state = (deleted: boolean) =>
		JSON.stringify({ groups: [], deleted: deleted ? { stamp: `000000000aa-${PEER}`, knows: {} } : null });
	const title = (here: string, there: string, took = 'held') => ({
		field: 'title',
		base: 'Ten things about caches',
		here,
		there,
		took,
	});
	const views = (took = 'held') => ({ field: 'views', base: 10, here: 25, there: 40, took });
	const tags = { field: 'tags', base: null, here: { a: [1, 2] }, there: { $ref: 'b1f7' }, took: 'held' };
	const rows = [
		{ kind: 'fields', fields: [title('Ten facts about caches', 'Ten things about caching'), views()] },
		{ kind: 'fields', fields: [title('A shorter one', 'One of the two is a lot longer than the other one is')] },
		{ kind: 'fields', fields: [title('Said here', 'Said there')] },
		{ kind: 'fields', collection: 'articles', fields: [tags] },
		{
			kind: 'delete',
			theirs: state(true),
			message:
				'The row was deleted on the other instance, and the change of title here had not arrived there. Decide whether it is deleted or kept.',
		},
		{
			kind: 'unique',
			collection: 'articles',
			fields: [{ field: 'slug', base: null, here: 'caches', there: 'caches', took: 'held' }, title('Here', 'There')],
			message: 'a row of the other side and articles 5 here have the same slug (caches), which only one may have',
		},
		{
			kind: 'identity',
			collection: 'articles',
			item: null,
			fields: [],
			message: 'several rows of articles here have slug "caches": make it unique, or choose which one is meant',
		},
		{ kind: 'fields', status: 'automatic', fields: [title('What lost', 'What won', 'there'), views('there')] },
		{ kind: 'fields', status: 'automatic', fields: [title('What won here', 'What lost there', 'here')] },
		{ kind: 'fields', status: 'resolved', fields: [title('Chosen', 'Not chosen')], resolution: '"local"' },
	];
	return rows.map((row, index) => ({
		id: `01a00000-0000-7000-8000-00000000000${index}`,
		status: row.status ?? 'open',
		kind: row.kind,
		target,
		peer: PEER,
		version: `version-of-row-${index}`,
		collection: row.collection ?? 'posts',
		sync_id: `7d0c2f1e-0000-4000-8000-00000000000${index}`,
		local_key: row.item === null ? null : String(index + 1),
		fields: JSON.stringify(row.fields ?? []),
		theirs: row.theirs ?? state(false),
		message: row.message ?? 'changed on both sides: choose which values win',
		at: now - (index + 1) * 40 * 60_000,
		...(row.resolution ? { resolved_at: now - 60_000, resolution: row.resolution } : {}),
	}));
}
