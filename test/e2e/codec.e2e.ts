import fc from 'fast-check';
import type { Row } from '../../src/kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSyncModel } from '../../src/sync/core/rules/build-sync-model.js';
import { asAgreed, inWholeSeconds, neverHere } from '../../src/sync/core/merge/kept-times.js';
import { sameWire } from '../../src/sync/core/merge/stamp-edits.js';
import { fromWire, toWire } from '../../src/sync/core/wire/wire-values.js';
import { misplacedTimestamps } from '../../src/kernel/database/misplaced-timestamps.js';
import { keepsMs, rawReading } from '../../src/kernel/database/raw-reading.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { instanceName } from '../kit/leftovers.js';
import { directusFolder, directusVersions } from '../kit/playground.js';
import { collection, field } from '../schema-overview.js';
import type { Identities } from '../../src/sync/core/wire/identities.js';

const SEED = Number(process.env['CODEC_SEED'] ?? Date.now() % 1_000_000);
const ROWS = Number(process.env['CODEC_ROWS'] ?? 150);
const TABLE = 'codec';
const NOBODY: Identities = { syncId: () => null, localKey: () => null, userForm: () => null, userId: () => null };

/** Time zones with and without summer time, on both sides of Greenwich, and off the hour. */
const ZONES = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'];

interface Type {
	type: Parameters<typeof field>[1];
	special?: string;
	/** As Directus makes it. */
	column(table: Knex.CreateTableBuilder, name: string): unknown;
	/** In normal form. */
	values: fc.Arbitrary<unknown>;
}

const moments = (min: string, max: string) =>
	fc.oneof(
		fc.date({ min: new Date(min), max: new Date(max), noInvalidDate: true }),
		// Hours that are twice, or not at all, in one of the zones.
		fc
			.tuple(
				fc.constantFrom('2026-03-08T0', '2026-11-01T0', '2026-04-05T0', '2026-10-04T0'),
				fc.integer({ min: 0, max: 359 }),
			)
			.map(
				([day, minute]) => new Date(`${day}${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}:07.089Z`),
			),
	);
const iso = (min: string, max: string) => moments(min, max).map((date) => date.toISOString());
const parts = (ms: string) => ms.replace(/\.000Z?$/, '').replace(/Z$/, '');
const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((one) => !one.includes('\0') && one.isWellFormed());
const position = fc.tuple(fc.integer({ min: -170, max: 170 }), fc.integer({ min: -80, max: 80 }));

/** Every type of a field that travels, but for references. */
const TYPES: Record<string, Type> = {
	string: { type: 'string', column: (table, name) => table.string(name, 255), values: text },
	text: { type: 'text', column: (table, name) => table.text(name), values: fc.oneof(text, fc.json()) },
	boolean: {
		type: 'boolean',
		special: 'cast-boolean',
		column: (table, name) => table.boolean(name),
		values: fc.boolean(),
	},
	integer: {
		type: 'integer',
		column: (table, name) => table.integer(name),
		values: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
	},
	bigInteger: {
		type: 'bigInteger',
		column: (table, name) => table.bigInteger(name),
		values: fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n }).map(String),
	},
	float: {
		type: 'float',
		column: (table, name) => table.float(name, 10, 5),
		values: fc.integer({ min: -99_999, max: 99_999 }).map((whole) => String(whole / 1_000)),
	},
	decimal: {
		type: 'decimal',
		column: (table, name) => table.decimal(name, 10, 5),
		values: fc.integer({ min: -999_999_999, max: 999_999_999 }).map((whole) => String(whole / 100_000)),
	},
	json: {
		type: 'json',
		special: 'cast-json',
		column: (table, name) => table.json(name),
		values: fc
			.jsonValue({ maxDepth: 3 })
			// JSON knows no -0, and PostgreSQL no NUL.
			.map((value): unknown => JSON.parse(JSON.stringify(value)))
			.filter(
				(value) => value !== null && typeof value !== 'string' && !JSON.stringify(value).includes(String.raw`\u0000`),
			),
	},
	csv: {
		type: 'csv',
		special: 'cast-csv',
		column: (table, name) => table.text(name),
		values: fc.array(fc.stringMatching(/^[a-z ]{1,8}$/), { maxLength: 4 }),
	},
	uuid: { type: 'uuid', column: (table, name) => table.uuid(name), values: fc.uuid() },
	date: {
		type: 'date',
		column: (table, name) => table.date(name),
		values: fc.oneof(
			iso('1000-01-02', '9999-12-30').map((one) => one.slice(0, 10)),
			// Samoa went past a day.
			fc.constant('2011-12-30'),
		),
	},
	dateTime: {
		type: 'dateTime',
		column: (table, name) => table.dateTime(name, { useTz: false }),
		values: iso('1000-01-02', '9999-12-30').map(parts),
	},
	time: {
		type: 'time',
		column: (table, name) => table.time(name),
		values: iso('2026-01-01', '2026-12-31').map((one) => parts(one).slice(11)),
	},
	timestamp: {
		type: 'timestamp',
		special: 'cast-timestamp',
		column: (table, name) => table.timestamp(name, { useTz: true }),
		values: iso('1970-01-03', '2038-01-01'),
	},
};

/** Shapes, where the database has them without an extension of its own. */
const SHAPES: Record<string, Type> = {
	point: {
		type: 'geometry.Point',
		column: (table, name) => table.specificType(name, 'point'),
		values: position.map((coordinates) => ({ type: 'Point', coordinates })),
	},
	line: {
		type: 'geometry.LineString',
		column: (table, name) => table.specificType(name, 'linestring'),
		values: fc
			.array(position, { minLength: 2, maxLength: 5 })
			.map((coordinates) => ({ type: 'LineString', coordinates })),
	},
};

const available = await databasesAvailable();
const kinds = (Object.keys(DATABASE_SERVERS) as DatabaseKind[]).filter((kind) => available[kind] === null);

describe(`values of every type (seed ${SEED})`, () => {
	const places = new Map<DatabaseKind, { name: string; database: Knex; types: Record<string, Type> }>();
	const zone = process.env['TZ'];
	let Payload: new (
		collection: string,
		options: { knex: Knex; schema: SchemaOverview },
	) => { processValues(action: 'create', rows: Row[]): Promise<Row[]> };

	beforeAll(async () => {
		const services = join(directusFolder(directusVersions()[0] ?? '12'), 'node_modules/@directus/api/dist/services');
		({ PayloadService: Payload } = (await import(pathToFileURL(join(services, 'payload.js')).href)) as {
			PayloadService: typeof Payload;
		});
		for (const kind of kinds) {
			const [name, server] = [instanceName(), DATABASE_SERVERS[kind]];
			await server.create(name);
			const database = server.connect(name);
			const types = kind === 'mysql' ? { ...TYPES, ...SHAPES } : TYPES;
			await database.schema.createTable(TABLE, (table) => {
				table.increments('id');
				for (const [column, { column: add }] of Object.entries(types))
					void (add(table, column) as { nullable?(): void });
			});
			places.set(kind, { name, database, types });
		}
	}, 120_000);
	afterAll(async () => {
		if (zone === undefined) delete process.env['TZ'];
		else process.env['TZ'] = zone;
		for (const [kind, { name, database }] of places) {
			await database.destroy();
			await DATABASE_SERVERS[kind].drop(name);
		}
	});

	/** Writes rows in normal form as sync does, through what Directus makes of values, and reads them again. */
	async function through(
		kind: DatabaseKind,
		zones: { process: string; connection: string },
		rows: Row[],
	): Promise<Row[]> {
		const place = places.get(kind);
		if (!place) throw new Error(`${kind} is not there`);
		const { database, types } = place;
		process.env['TZ'] = zones.process;
		const fields = Object.entries(types).map(([name, { type, special }]) =>
			field(name, type, special ? [special] : []),
		);
		const schema: SchemaOverview = {
			collections: { [TABLE]: collection(TABLE, [field('id', 'integer'), ...fields]) },
			relations: [],
		};
		const model = buildSyncModel(schema, TABLE, Object.keys(types));
		return database.transaction(async (transaction) => {
			if (kind === 'mysql') await transaction.raw('set time_zone = ?', [OFFSETS[zones.connection] ?? '+00:00']);
			if (kind === 'postgres') await transaction.raw(`set local time zone '${zones.connection}'`);
			await transaction(TABLE).delete();
			const given = rows.map((values) => (keepsMs(database) ? values : inWholeSeconds(values, model)));
			const local = given.map((values) => fromWire(values, model, NOBODY).values);
			const written = await new Payload(TABLE, { knex: transaction, schema }).processValues('create', local);
			for (const [index, row] of written.entries()) {
				await transaction(TABLE).insert({ ...row, id: index + 1 });
				const misplaced = misplacedTimestamps(transaction, schema, TABLE, given[index] ?? {});
				if (Object.keys(misplaced).length > 0)
					await transaction(TABLE)
						.where({ id: index + 1 })
						.update(misplaced);
			}
			const raw = rawReading(transaction, schema, TABLE);
			const read = raw.read(
				await transaction(TABLE)
					.select<Row[]>(raw.select(Object.keys(types)))
					.orderBy('id'),
			);
			return read.map((row, index) => {
				const { values } = toWire(row, model, NOBODY);
				const agreed = rows[index] ?? {};
				// What the clocks here never show is noted as such, and what is agreed stays.
				for (const name of neverHere(agreed, model)) values[name] = agreed[name];
				return keepsMs(database) ? values : asAgreed(values, agreed, model);
			});
		});
	}

	it.each(kinds.flatMap((from) => kinds.map((to) => [from, to] as const)))(
		'pass from %s to %s and back as they are, in any time zones',
		async (from, to) => {
			const types = from === 'mysql' && to === 'mysql' ? { ...TYPES, ...SHAPES } : TYPES;
			const row = fc.record(
				Object.fromEntries(Object.entries(types).map(([name, { values }]) => [name, fc.option(values, { freq: 8 })])),
			);
			const rows = fc.sample(row, { seed: SEED, numRuns: ROWS }) as Row[];
			const random = fc.sample(fc.constantFrom(...ZONES), { seed: SEED + kinds.indexOf(from), numRuns: 8 });
			const zones = (index: number) => ({ process: random[index] ?? 'UTC', connection: random[index + 4] ?? 'UTC' });
			const first = await through(from, zones(0), rows);
			const there = await through(to, zones(1), first);
			const back = await through(from, zones(2), there);
			const changed = (some: Row[]) =>
				some.flatMap((values, index) =>
					Object.keys(types).flatMap((name) => {
						const [was, is] = [rows[index]?.[name] ?? null, values[name] ?? null];
						return sameWire(was, is) ? [] : [{ name, was, is }];
					}),
				);
			expect({
				first: changed(first),
				there: changed(there),
				back: changed(back),
				zones: [0, 1, 2].map(zones),
			}).toEqual({
				first: [],
				there: [],
				back: [],
				zones: expect.anything(),
			});
		},
	);
});

/** MySQL knows zones by name only where somebody has loaded them. */
const OFFSETS: Record<string, string> = {
	UTC: '+00:00',
	'America/New_York': '-05:00',
	'Asia/Kolkata': '+05:30',
	'Australia/Lord_Howe': '+10:30',
	'Pacific/Apia': '+13:00',
};
