import type { Knex } from 'knex';
import { createTriggerKeeper } from '../src/capture/keep-triggers.js';
import { buildWatch } from '../src/capture/core/watch.js';
import { migrateTables } from '../src/app/migrations.js';
import { DATABASE_SERVERS } from '../test/kit/database-servers.js';
import { instanceName } from '../test/kit/leftovers.js';
import { collection, field } from '../test/schema-overview.js';
import type { Bench } from './bench.js';
import { median, rounded } from './statistics.js';

const ROWS = 1_000;
const ROUNDS = 15;

/** Two equal tables, one of them watched: a rule needs the old slug of its rows. */
const [WATCHED, PLAIN] = ['watched', 'plain'];
const SCHEMA = { collections: { [WATCHED]: collection(WATCHED, [field('id', 'integer')]) }, relations: [] };
const BODY = 'Lorem ipsum dolor sit amet. '.repeat(70);

const rowsOf = () =>
	Array.from({ length: ROWS }, (_, index) => ({ title: `Title ${index}`, slug: `s${index}`, body: BODY }));

/** What a thousand rows cost: the way a migration writes them, and one by one. */
const WRITES: { name: string; write(knex: Knex, table: string): Promise<unknown> }[] = [
	{ name: 'insert of 1,000 rows, 100 a statement', write: (knex, table) => knex.batchInsert(table, rowsOf(), 100) },
	{ name: 'update of 1,000 rows, one statement', write: (knex, table) => knex(table).update({ title: 'new' }) },
	{
		name: 'update of 1,000 rows, each by itself, one transaction',
		write: (knex, table) =>
			knex.transaction(async (trx) => {
				const keys: number[] = await trx(table).pluck('id');
				for (const id of keys)
					await trx(table)
						.where({ id })
						.update({ slug: `n${id}` });
			}),
	},
	{ name: 'delete of 1,000 rows, one statement', write: (knex, table) => knex(table).del() },
];

/** The same writes of a process without Downstream into a table with triggers and into one without, in turn. */
export async function triggers({ database, report, quick }: Bench): Promise<void> {
	const server = DATABASE_SERVERS[database];
	const name = instanceName();
	await server.create(name);
	const knex = server.connect(name);
	try {
		const clock = { now: () => Date.now(), random: () => 0, id: () => crypto.randomUUID() };
		const logger = { debug() {}, info() {}, warn: report.note, error: report.note };
		for (const table of [WATCHED, PLAIN])
			await knex.schema.createTable(table, (columns) => {
				columns.increments('id');
				for (const column of ['title', 'slug']) columns.string(column);
				columns.text('body');
			});
		await migrateTables(knex, clock, logger);
		const watch = buildWatch([], SCHEMA, [WATCHED]);
		const watched = watch.collections.get(WATCHED);
		if (watched) watched.columns = ['slug'];
		const keeper = createTriggerKeeper({
			database: knex,
			clock,
			logger,
			mode: 'on',
			watch: () => watch,
			schema: () => SCHEMA,
		});
		await keeper.tick();
		await keeper.settled();
		const took = new Map<string, number[]>();
		for (let round = 0; round < (quick ? 5 : ROUNDS); round += 1)
			for (const { name: measure, write } of WRITES) {
				for (const table of round % 2 === 0 ? [WATCHED, PLAIN] : [PLAIN, WATCHED]) {
					const from = performance.now();
					await write(knex, table);
					const key = `${measure} ${table}`;
					took.set(key, [...(took.get(key) ?? []), performance.now() - from]);
				}
				const [made] = await knex('downstream_outbox').count({ rows: '*' });
				if (Number(made?.['rows']) !== ROWS) throw new Error(`${measure} was recorded as ${made?.['rows']} changes`);
				await knex('downstream_outbox').del();
			}
		for (const { name: measure } of WRITES) {
			const [with_, without] = [WATCHED, PLAIN].map((table) => median(took.get(`${measure} ${table}`) ?? []));
			report.add({
				scenario: 'triggers',
				database,
				measure,
				contestant: 'with triggers, beside without',
				values: {
					'with ms': rounded(with_ ?? Number.NaN, 1),
					'without ms': rounded(without ?? Number.NaN, 1),
					ratio: rounded((with_ ?? Number.NaN) / (without ?? Number.NaN)),
				},
			});
		}
	} finally {
		await knex.destroy();
		await server.drop(name);
	}
}
