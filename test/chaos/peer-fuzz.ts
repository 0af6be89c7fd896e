import { gzipSync } from 'node:zlib';
import { randomUUID } from 'node:crypto';
import { anything, broken, many, pick, type Dice } from './break-values.js';
import { randomFrom } from '../kit/random.js';
import type { Directus } from '../kit/directus.js';
import type { Answer, ReceivedRequest, Receiver } from '../kit/receiver.js';

const FROM = 'anotherinst0';
const SYNC_TOKEN = 'token-of-a-hostile-peer';
const POLICY = '2e76994c-a4eb-47ac-b811-e4692ad9de5e';
const USER = '7c6b6863-d298-453d-a192-4a343eb7ddd3';
const COLLECTIONS = ['posts', 'docs', 'tags', 'articles', 'directus_files', 'directus_users', 'nothing', '__proto__'];
const FIELDS = ['title', 'slug', 'views', 'body', 'cover', 'tags', 'id', '$content', '__proto__', 'toString'];

const stamp = (dice: Dice, by = FROM) =>
	`${Math.floor(Date.now() + (dice() - 0.5) * 1e8)
		.toString(36)
		.padStart(9, '0')}00-${by}`;

function change(dice: Dice): Record<string, unknown> {
	const collection = pick(dice, COLLECTIONS);
	const id = dice() < 0.5 ? randomUUID() : `row-${Math.floor(dice() * 50)}`;
	const values = () =>
		Object.fromEntries(many(dice, 4, () => [pick(dice, FIELDS), dice() < 0.6 ? 'text' : anything(dice)]));
	const groups = many(dice, 3, () => ({ stamp: stamp(dice), knows: { [FROM]: stamp(dice) }, values: values() }));
	return {
		collection,
		sync_id: id,
		key: id,
		state: { groups, deleted: dice() < 0.15 ? { stamp: stamp(dice), knows: { [FROM]: stamp(dice) } } : null },
		seen_by: [FROM],
		...(dice() < 0.2 ? { match: { fields: [pick(dice, FIELDS)], count: Math.floor(dice() * 3) } } : {}),
		...(dice() < 0.1 ? { run: randomUUID() } : {}),
	};
}

const BODIES: Record<string, (dice: Dice) => object> = {
	hello: (dice) => ({ collections: many(dice, 8, () => pick(dice, COLLECTIONS)) }),
	apply: (dice) => ({ changes: many(dice, 20, () => (dice() < 0.7 ? change(dice) : broken(dice, change(dice)))) }),
	digests: (dice) => ({
		collection: pick(dice, COLLECTIONS),
		fields: many(dice, 5, () => pick(dice, FIELDS)),
		...(dice() < 0.5
			? {
					buckets: many(dice, 50, () =>
						Math.floor(dice() * 4_096)
							.toString(16)
							.padStart(3, '0'),
					),
				}
			: {}),
	}),
	resend: (dice) => ({
		collections: [{ collection: pick(dice, COLLECTIONS), sync_ids: many(dice, 5, () => randomUUID()) }],
	}),
	pair: () => ({}),
};

/** Lets the Data Sync user do everything with some collections, so that more than refusals is tried. */
export async function permitPeer(directus: Directus): Promise<void> {
	await directus.request('PATCH', `/users/${USER}`, { token: SYNC_TOKEN });
	for (const collection of ['posts', 'docs', 'tags', 'articles', 'directus_files'])
		for (const action of ['create', 'read', 'update', 'delete'])
			await directus.request('POST', '/permissions', { policy: POLICY, collection, action, fields: ['*'] });
}

export interface FuzzFigures {
	requests: number;
	/** How many of them were answered with which status. */
	statuses: Record<string, number>;
	/** What should not have happened. */
	wrong: string[];
	/** When each request went and its answer came, for what took long. */
	log: { at: number; ms: number; what: string }[];
}

/** Sends requests as a peer, one after the other: no 5xx but "not now", no exit, and each answer in words. */
export async function fuzzRequests(
	directus: Directus,
	{ runs, seed }: { runs: number; seed: number },
): Promise<FuzzFigures> {
	const dice = randomFrom(seed);
	const figures: FuzzFigures = { requests: 0, statuses: {}, wrong: [], log: [] };
	const routes = ['hello', 'apply', 'apply', 'apply', 'digests', 'resend', 'pair', 'files'];
	for (let run = 0; run < runs; run += 1) {
		const route = pick(dice, routes);
		const whole = { protocol: 1, from: FROM, ...BODIES[route]?.(dice) };
		const json = JSON.stringify(dice() < 0.4 ? whole : broken(dice, whole));
		const isFile = route === 'files';
		const query = isFile
			? `?${new URLSearchParams({ protocol: '1', from: FROM, file: randomUUID(), sha256: 'a'.repeat(64) })}`
			: '';
		const type = pick(dice, ['application/json', 'application/octet-stream', 'application/gzip', 'text/plain']);
		const body =
			type === 'application/gzip' && dice() < 0.8 ? gzipSync(json) : dice() < 0.03 ? json.slice(0, -1) : json;
		const headers: Record<string, string> = { 'content-type': type, authorization: `Bearer ${SYNC_TOKEN}` };
		if (dice() < 0.05)
			headers['authorization'] = pick(dice, ['Downstream dsr_x', 'Downstream', 'Downstream-Code x', 'Bearer ', 'x']);
		if (dice() < 0.1) headers['x-downstream-digest-key'] = 'a'.repeat(Math.floor(dice() * 40));
		const at = Date.now();
		const path = `/downstream/sync/${route}${query}`;
		const answer = await fetch(directus.url + path, {
			method: 'POST',
			headers,
			body: typeof body === 'string' ? body : new Uint8Array(body),
		});
		const text = await answer.text();
		// A copy: a slice would keep all of it.
		const what = Buffer.from(`${route} ${type} ${json.length} bytes: ${json.slice(0, 300)}`).toString();
		figures.log.push({ at, ms: Date.now() - at, what });
		note(figures, answer.status, what, text);
		if (directus.process.exitCode !== null) figures.wrong.push(`Directus ended after ${what}`);
	}
	return figures;
}

function note(figures: FuzzFigures, status: number, what: string, text: string): void {
	figures.requests += 1;
	figures.statuses[status] = (figures.statuses[status] ?? 0) + 1;
	if (status >= 500 && status !== 502) figures.wrong.push(`${status} to ${what} => ${text.slice(0, 300)}`);
	if (/Cannot read|is not a function|undefined is not|Maximum call stack|SQLITE|syntax error/i.test(text))
		figures.wrong.push(`${text.slice(0, 300)} to ${what}`);
}

/** Answers as an instance would, and then with something wrong in it. */
function answerTo(dice: Dice, { path, json }: ReceivedRequest): Answer {
	const asked = (json ?? {}) as {
		collections?: string[];
		changes?: { collection: string; sync_id: string }[];
		buckets?: string[];
		fields?: string[];
	};
	const field = { type: 'string', nullable: true, required: false, related: null, create: true, update: true };
	const offer = {
		exists: true,
		primary: 'id',
		key_type: 'integer',
		singleton: false,
		create: true,
		update: true,
		delete: true,
	};
	const data = path.includes('/hello')
		? {
				instance: 'hostileinst0',
				version: '1',
				protocol: 1,
				takes: { gzip: dice() < 0.5 },
				now: Date.now(),
				knows_you: true,
				collections: Object.fromEntries(
					(asked.collections ?? []).map((name) => [name, { ...offer, fields: { title: field, slug: field } }]),
				),
				fingerprints: {},
				policies: {},
			}
		: path.includes('/apply')
			? {
					instance: 'hostileinst0',
					results: (asked.changes ?? []).map(({ collection, sync_id }) => ({
						collection,
						sync_id,
						outcome: pick(dice, ['applied', 'unchanged', 'waiting', 'parked']),
						code: 'ANY',
						message: 'any',
						...(dice() < 0.2 ? { needs: 'a'.repeat(64) } : {}),
						...(dice() < 0.2 ? { waits_for: { collection, sync_id } } : {}),
					})),
					offers: {},
				}
			: asked.buckets
				? Object.fromEntries(
						many(dice, 50, () => [randomUUID(), { key: '1', digest: 'a'.repeat(16), fields: { title: 'aaaaaaaa' } }]),
					)
				: {
						rows: 1,
						unmapped: 0,
						unmapped_keys: [],
						fields: asked.fields ?? [],
						buckets: { aaa: `1:${'a'.repeat(16)}` },
						keyed: true,
					};
	const status = dice() < 0.75 ? 200 : pick(dice, [204, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503]);
	const headers: Record<string, string> = {};
	if (dice() < 0.2)
		headers[pick(dice, ['retry-after', 'x-ratelimit-reset', 'location', 'content-type'])] = pick(dice, [
			'1e20',
			'-1',
			'1795224103627',
			'x'.repeat(5_000),
			'text/html',
		]);
	if (dice() < 0.02) return { reset: true };
	if (dice() < 0.05)
		return {
			status,
			headers,
			body: pick(dice, ['', '<html>', '{', 'x'.repeat(1_000_000), '[]', 'null', '{"errors":5}', '{"errors":[null]}']),
		};
	const whole = status < 300 ? { data } : { errors: [{ message: 'no', extensions: { code: 'ANY' } }] };
	return { status, headers, body: dice() < 0.3 ? whole : broken(dice, whole) };
}

/** Has an instance ask a hostile one for everything there is to ask, and send it rows, until so many answers were given. */
export async function fuzzAnswers(
	directus: Directus,
	receiver: Receiver,
	{ runs, seed }: { runs: number; seed: number },
): Promise<FuzzFigures> {
	const dice = randomFrom(seed);
	const figures: FuzzFigures = { requests: 0, statuses: {}, wrong: [], log: [] };
	let answered = 0;
	const before = receiver.respond;
	receiver.respond = (request) => {
		answered += 1;
		return answerTo(dice, request);
	};
	const { id } = await directus.data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
		status: 'published',
		name: 'Hostile',
		url: receiver.url,
		api_key: 'key-of-a-hostile-peer',
		schema: ['posts', 'docs'].map((collection) => ({ collection, fields: ['title'], direction: 'both' })),
		options: { max_wait_ms: 0, hold_max_ms: 0, retry: { tries: 2, min_ms: 1, max_ms: 2 }, timeout_ms: 5_000 },
	});
	const peer = `/downstream/sync/peers/${id}`;
	const asks: [string, string, object?][] = [
		['POST', `${peer}/check`, {}],
		['GET', `${peer}/compare`],
		['POST', `${peer}/repair`, { dry_run: true }],
		['POST', `${peer}/backfill`, {}],
		['POST', `${peer}/redeem`, { code: 'any-code-will-do' }],
		['POST', `/downstream/targets/${id}/resume`, {}],
		['POST', '/items/posts', { title: 'to be sent' }],
		['PATCH', '/items/posts?limit=20', { query: { limit: 20 }, data: { title: 'changed' } }],
		['GET', '/downstream/status'],
		['GET', `/downstream/deliveries?target=${id}&limit=5`],
	];
	while (answered < runs) {
		const [method, path, body] = pick(dice, asks);
		const at = Date.now();
		const answer = await fetch(directus.url + path, {
			method,
			headers: { authorization: `Bearer ${directus.token}`, 'content-type': 'application/json' },
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		const text = await answer.text();
		figures.log.push({ at, ms: Date.now() - at, what: `${method} ${path}` });
		note(figures, answer.status, `${method} ${path}`, answer.status < 400 ? '' : text);
		if (directus.process.exitCode !== null) {
			figures.wrong.push(`Directus ended after ${method} ${path}`);
			break;
		}
	}
	await directus.request('DELETE', `/items/data_sync_remote_sources/${id}`);
	receiver.respond = before;
	return figures;
}
