import type { Knex } from 'knex';
import { expect } from 'vitest';
import { createTriggerKeeper } from '../../src/capture/keep-triggers.js';
import { buildWatch } from '../../src/capture/core/watch.js';
import { createCapture } from '../../src/capture/capture.js';
import { hookHandle } from '../../src/capture/hook-handle.js';
import { tapStatements, type StatementTap } from '../../src/capture/statement-tap.js';
import { migrateTables } from '../../src/app/migrations.js';
import { decodeBefore } from '../../src/capture/tables/raw-values.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { instanceName } from '../kit/leftovers.js';
import { collection, field, relation } from '../schema-overview.js';

const available = await databasesAvailable();

/** The databases that are to be had here. */
export const TRIGGER_DATABASES = (['sqlite', 'postgres', 'mysql'] as const).filter((kind) => available[kind] === null);

const SCHEMA = {
	collections: {
		posts: collection('posts', [field('id', 'integer'), field('title', 'string'), field('slug', 'string')]),
		comments: collection('comments', [field('id', 'integer'), field('text', 'string'), field('post', 'integer')]),
		likes: collection('likes', [field('id', 'integer'), field('comment', 'integer')]),
		authors: collection('authors', [field('id', 'integer')]),
		pages: collection('pages', [field('code', 'string'), field('title', 'string')]),
	},
	relations: [
		{ ...relation(['comments', 'post'], 'posts'), schema: { on_delete: 'CASCADE' } as never },
		{ ...relation(['likes', 'comment'], 'comments'), schema: { on_delete: 'CASCADE' } as never },
		{ ...relation(['posts', 'author'], 'authors'), schema: { on_delete: 'SET NULL' } as never },
	],
};
export const WATCHED = ['posts', 'comments', 'likes', 'pages'];

/** Directus' own Knex stands for the process with Downstream in it, a second one for everybody else. No Directus is started. */
export async function triggerWorld(kind: DatabaseKind) {
	const server = DATABASE_SERVERS[kind];
	const name = instanceName();
	const clock = { now: () => Date.now(), random: () => 0, id: () => crypto.randomUUID() };
	const said: string[] = [];
	const say = (message: string) => void said.push(message);
	const logger = { debug: () => {}, info: () => {}, warn: say, error: say };
	const watch = buildWatch([], SCHEMA, WATCHED);
	let last = 0;

	await server.create(name);
	const ours = server.connect(name);
	const other = server.connect(name);
	await makeTables(ours);
	await migrateTables(ours, clock, logger);
	if (kind === 'sqlite') for (const knex of [ours, other]) await knex.raw('PRAGMA foreign_keys = ON');
	const posts = watch.collections.get('posts');
	if (posts) posts.columns = ['slug'];
	let tap: StatementTap | null = null;
	const handle = (database: Knex) => hookHandle(database, {} as never, SCHEMA, tap);
	const capture = createCapture({
		clock,
		watch: () => watch,
		stale: () => false,
		refresh: () => Promise.resolve(),
		primary: (of) => (of in SCHEMA.collections ? SCHEMA.collections[of as 'posts'].primary : null),
		columns: () => [],
		isNumbered: (of) => of !== 'pages',
		seesStatements: () => true,
		rulesWritten: () => {},
		report: say,
		afterCommit: () => handle(ours),
		wake: () => {},
		broken: (error) => say(String(error)),
	});
	tap = tapStatements(ours, capture.statements, true);
	expect(tap).not.toBeNull();

	const keeperOf = (mode: 'on' | 'off' | 'left', database = ours) =>
		createTriggerKeeper({ database, clock, logger, mode, watch: () => watch, schema: () => SCHEMA });
	const keeper = keeperOf('on');

	/** Has the triggers looked at now. */
	async function look(by = keeper): Promise<void> {
		by.due();
		await by.tick();
		await by.settled();
	}

	/** What was recorded because of it, as `collection event item (old slug)`, in no order. */
	async function recordedBy(work: () => PromiseLike<unknown>): Promise<string[]> {
		await work();
		const rows = await other('downstream_outbox').where('id', '>', last).orderBy('id');
		last = Math.max(last, ...rows.map(({ id }) => Number(id)));
		expect(said).toEqual([]);
		return rows
			.map(({ collection: of, event, item, before, source }) => {
				const slug = before && decodeBefore(String(before)).columns?.['slug'];
				return `${of} ${event} ${item}${slug ? ` (${slug})` : ''}${source === 'trigger' ? '' : ` by ${source}`}`;
			})
			.toSorted();
	}

	/** All triggers of the database. */
	async function triggerNames(): Promise<string[]> {
		const from = {
			postgres: 'pg_trigger where not tgisinternal',
			mysql: 'information_schema.triggers where trigger_schema = database()',
			sqlite: "sqlite_master where type = 'trigger'",
		}[kind];
		const column = kind === 'postgres' ? 'tgname' : kind === 'mysql' ? 'trigger_name' : 'name';
		const answer = await other.raw(`select ${column} as name from ${from}`);
		const rows: { name: string }[] = kind === 'postgres' ? answer.rows : kind === 'mysql' ? answer[0] : answer;
		return rows.map((row) => row.name).toSorted();
	}

	const end = async () => {
		await ours.destroy();
		await other.destroy();
		await server.drop(name);
	};
	await look();
	return { kind, server, name, ours, other, watch, said, keeper, keeperOf, look, recordedBy, triggerNames, end };
}

export type TriggerWorld = Awaited<ReturnType<typeof triggerWorld>>;

async function makeTables(database: Knex): Promise<void> {
	await database.schema.createTable('authors', (table) => void table.increments('id'));
	await database.schema.createTable('posts', (table) => {
		table.increments('id');
		for (const column of ['title', 'slug']) table.string(column);
		table.integer('author').unsigned().references('id').inTable('authors').onDelete('SET NULL');
	});
	await database.schema.createTable('comments', (table) => {
		table.increments('id');
		table.string('text');
		table.integer('post').unsigned().references('id').inTable('posts').onDelete('CASCADE');
	});
	await database.schema.createTable('likes', (table) => {
		table.increments('id');
		table.integer('comment').unsigned().references('id').inTable('comments').onDelete('CASCADE');
	});
	await database.schema.createTable('pages', (table) => {
		table.string('code').primary();
		table.string('title');
	});
}

/** A transaction that is given up, or a savepoint of one. */
export const undone = (knex: Knex, work: (trx: Knex.Transaction) => PromiseLike<unknown>) =>
	expect(
		knex.transaction(async (trx) => {
			await work(trx);
			throw new Error('undone');
		}),
	).rejects.toThrow('undone');
