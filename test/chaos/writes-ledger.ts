import type { Knex } from 'knex';
import type { DatabaseKind } from '../kit/database-servers.js';

/** What is written to, and the key of each. */
export type Tables = Record<string, string>;

interface Entry {
	id: number;
	collection: string;
	item: string;
	event: string;
	source: string;
}

/** What happened in the database in one step, and what was recorded of it. */
export interface Step {
	written: Entry[];
	recorded: Entry[];
	lost: string[];
	phantom: string[];
}

/**
 * Has the database keep two ledgers by triggers: of every row that is written, and of every row that reaches the outbox.
 * What a trigger is not told of (MySQL fires none for what foreign keys delete or empty) is found by comparing the tables.
 */
export async function keepLedgers(sql: Knex, database: DatabaseKind, tables: Tables) {
	for (const name of ['writes_ledger', 'writes_recorded']) {
		await sql.schema.createTable(name, (table) => {
			table.increments('id');
			for (const column of ['collection', 'item', 'event', 'source']) table.string(column);
		});
	}
	const trigger = async (name: string, when: string, on: string, insert: string) => {
		if (database === 'sqlite') return sql.raw(`CREATE TRIGGER ${name} AFTER ${when} ON ${on} BEGIN ${insert}; END`);
		if (database === 'mysql') return sql.raw(`CREATE TRIGGER ${name} AFTER ${when} ON ${on} FOR EACH ROW ${insert}`);
		await sql.raw(
			`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ BEGIN ${insert}; RETURN NULL; END $$`,
		);
		return sql.raw(`CREATE TRIGGER ${name} AFTER ${when} ON ${on} FOR EACH ROW EXECUTE FUNCTION ${name}()`);
	};
	for (const [table, key] of Object.entries(tables)) {
		for (const [when, event, side] of [
			['INSERT', 'create', 'NEW'],
			['UPDATE', 'update', 'NEW'],
			['DELETE', 'delete', 'OLD'],
		] as const)
			await trigger(
				`w_${table}_${event}`,
				when,
				table,
				`INSERT INTO writes_ledger (collection, item, event, source) VALUES ('${table}', ${side}.${key}, '${event}', 'trigger')`,
			);
	}
	await trigger(
		'w_recorded',
		'INSERT',
		'downstream_outbox',
		'INSERT INTO writes_recorded (collection, item, event, source) VALUES (NEW.collection, NEW.item, NEW.event, NEW.source)',
	);

	const marks = { writes_ledger: 0, writes_recorded: 0 };
	let rows = await read();

	async function read(): Promise<Map<string, string>> {
		const found = new Map<string, string>();
		for (const [table, key] of Object.entries(tables))
			for (const row of (await sql(table).select('*')) as Record<string, unknown>[])
				found.set(`${table}/${String(row[key])}`, JSON.stringify(row));
		return found;
	}

	async function since(ledger: keyof typeof marks): Promise<Entry[]> {
		const entries = await sql(ledger).where('id', '>', marks[ledger]).orderBy('id').select<Entry[]>('*');
		marks[ledger] = Number(entries.at(-1)?.id ?? marks[ledger]);
		return entries;
	}

	/** What has happened since the last time. */
	return async (): Promise<Step> => {
		const before = rows;
		rows = await read();
		const written = await since('writes_ledger');
		const recorded = await since('writes_recorded');
		const changed = [...new Set([...before.keys(), ...rows.keys()])].filter(
			(place) => before.get(place) !== rows.get(place),
		);
		const happened = new Set([...written.map(({ collection, item }) => `${collection}/${item}`), ...changed]);
		const told = new Set(recorded.map(({ collection, item }) => `${collection}/${item}`));
		const collectionOf = (place: string) => place.slice(0, place.indexOf('/'));
		const collections = new Set([...happened].map(collectionOf));
		return {
			written,
			recorded,
			lost: [...happened].filter((place) => !told.has(place) && !told.has(`${collectionOf(place)}/*`)),
			// While rules are being read again, what nobody watches is recorded too.
			phantom: [...told]
				.filter((place) => collectionOf(place) in tables)
				.filter((place) => (place.endsWith('/*') ? !collections.has(collectionOf(place)) : !happened.has(place))),
		};
	};
}
