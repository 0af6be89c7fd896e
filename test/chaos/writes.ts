import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseKind } from '../kit/database-servers.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { KEPT, type DirectusVersion } from '../kit/playground.js';
import { randomFrom } from '../kit/random.js';
import { startReceiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { publish } from '../e2e/flush-target.js';
import { DOORS } from './writes-doors.js';
import { elsewhere } from './writes-elsewhere.js';
import type { Hands } from './writes-hands.js';
import { writeWritesExtension } from './writes-extension.js';
import { keepLedgers, type Tables } from './writes-ledger.js';

/** Collections whose foreign keys are random: circles, trees, and tables that refer to themselves. */
const NODES = ['n0', 'n1', 'n2', 'n3'];

const TABLES: Tables = {
	posts: 'id',
	articles: 'id',
	authors: 'id',
	comments: 'id',
	notrack: 'id',
	actonly: 'id',
	countries: 'code',
	docs: 'id',
	site: 'id',
	directus_files: 'id',
	...Object.fromEntries(NODES.map((name) => [name, 'id'])),
};

/** Old values are read for posts and for nodes, and not for the others. */
const RULES = Object.keys(TABLES).map((collection) => ({
	collection,
	events: ['create', 'update', 'delete'],
	payload: [TABLES[collection]],
	...(collection === 'posts' ? { paths: ['/posts/{{slug}}'] } : {}),
	...(NODES.includes(collection) ? { changed: ['title'] } : {}),
}));

export interface WritesResult {
	steps: number;
	written: number;
	recorded: number;
	/** How often each door was used. */
	doors: Record<string, number>;
	/** How many rows were recorded which way. */
	sources: Record<string, number>;
	lost: string[];
	phantom: string[];
	/** What was recorded by whom it was not to be recorded by. */
	twice: string[];
}

/**
 * Writes at random through every door of Directus, and compares after each what the database says was written with what
 * reached the outbox in the very same transactions.
 */
export async function writeThroughEveryDoor(asked: {
	version: DirectusVersion;
	database: DatabaseKind;
	seed: number;
	steps: number;
	say(line: string): void;
	/** With database triggers, and another process that writes as well. */
	triggers?: boolean;
}): Promise<WritesResult> {
	const random = randomFrom(asked.seed);
	const pick = (count: number) => Math.floor(random() * count);
	const extension = join(KEPT, `writes-${process.pid}-${asked.database}-${asked.version}`);
	writeWritesExtension(extension);
	const receiver = await startReceiver();
	const directus = await startDirectus({
		...asked,
		content: true,
		extraExtensions: [extension],
		// Directus' import waits for as long as this where its queue is empty before its stream has ended.
		env: { DOWNSTREAM_TRIGGERS: String(asked.triggers ?? false), IMPORT_TIMEOUT: '10s' },
	});
	try {
		await makeNodes(directus, pick);
		await publish(directus, { url: receiver.url, schema: RULES });
		const look = await until(() => keepLedgers(directus.sql, asked.database, TABLES).catch(() => null));
		await look();
		if (asked.triggers) await haveTriggers(directus);
		const hands: Hands = { directus, pick, random, nodes: NODES, value: counter(), database: asked.database };
		const result: WritesResult = {
			steps: 0,
			written: 0,
			recorded: 0,
			doors: {},
			sources: {},
			lost: [],
			phantom: [],
			twice: [],
		};
		const names = Object.keys(DOORS);
		let used = 0;
		for (; result.steps < asked.steps; result.steps += 1) {
			// Every door once, then at random.
			const isElsewhere = asked.triggers === true && random() < 0.3;
			const name = isElsewhere ? ELSEWHERE : (names[used < names.length ? used++ : pick(names.length)] ?? '');
			const what = await (isElsewhere ? elsewhere(hands) : DOORS[name]?.(hands));
			const { written, recorded, lost, phantom } = await look();
			result.doors[name] = (result.doors[name] ?? 0) + 1;
			result.written += written.length;
			result.recorded += recorded.length;
			for (const { source } of recorded) result.sources[source] = (result.sources[source] ?? 0) + 1;
			// Whoever wrote it, one of the two recorded it, and not the other as well.
			const others = recorded.filter(({ source }) => source !== 'writer' && (source === 'trigger') !== isElsewhere);
			result.twice.push(
				...others.map(({ collection, item, source }) => `${collection}/${item} by ${source} in ${name}`),
			);
			const where = `step ${result.steps}, ${name} ${JSON.stringify(what ?? '')}`;
			result.lost.push(...lost.map((place) => `${place} in ${where}`));
			// Beyond three tables all of what foreign keys may have deleted counts as changed on MySQL.
			const surplus = isElsewhere ? phantom.filter((place) => !place.endsWith('/*')) : phantom;
			result.phantom.push(...surplus.map((place) => `${place} in ${where}`));
			for (const line of [...lost.map((place) => `lost ${place}`), ...surplus.map((place) => `phantom ${place}`)])
				asked.say(`${line}: ${where}`.slice(0, 600));
		}
		return result;
	} finally {
		await directus.stop();
		await receiver.stop();
		rmSync(extension, { recursive: true, force: true });
	}
}

const ELSEWHERE = 'another process';

async function haveTriggers({ data, database, sql }: Directus): Promise<void> {
	if (database === 'sqlite') await sql.raw('PRAGMA foreign_keys = ON');
	const names = Object.keys(TABLES);
	await until(async () => {
		const { triggers } = await data<{ triggers: { collections: string[] } }>('GET', '/downstream/status');
		return names.every((name) => triggers.collections.includes(name));
	});
}

async function makeNodes(directus: Directus, pick: (count: number) => number): Promise<void> {
	const effects = ['CASCADE', 'CASCADE', 'SET NULL'] as const;
	const edges = NODES.flatMap((from, at) =>
		// The first one leads to itself, and each to the one before it, so that there is a circle in every run.
		[NODES[at - 1] ?? from, at === 0 ? 'n3' : (NODES[pick(NODES.length)] ?? from)].map((to, index) => ({
			from,
			to,
			field: `f${index}`,
			effect: index === 0 ? ('CASCADE' as const) : (effects[pick(effects.length)] ?? 'CASCADE'),
		})),
	);
	const column = (field: string, type: string, schema = {}, meta = {}) => ({ field, type, schema, meta });
	await directus.request(
		'POST',
		'/collections',
		NODES.map((collection) => ({
			collection,
			schema: {},
			meta: { accountability: collection === 'n3' ? null : 'all' },
			fields: [
				column('id', 'integer', { is_primary_key: true, has_auto_increment: true }),
				column('title', 'string'),
				column('f0', 'integer', {}, { special: ['m2o'] }),
				column('f1', 'integer', {}, { special: ['m2o'] }),
			],
		})),
	);
	for (const { from, field, to, effect } of edges)
		await directus.request('POST', '/relations', {
			collection: from,
			field,
			related_collection: to,
			schema: { on_delete: effect },
			meta: {},
		});
}

function counter(): () => string {
	let count = 0;
	return () => `v${(count += 1)}`;
}
