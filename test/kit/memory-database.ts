import { createRequire } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import knex, { type Knex } from 'knex';

const require = createRequire(import.meta.url);
const BetterSqlite = require('knex/lib/dialects/better-sqlite3/index.js') as typeof Knex.Client;

/** Node's own SQLite behind the few calls that Knex makes of `better-sqlite3`. */
class Connection {
	readonly #database = new DatabaseSync(':memory:');

	prepare(sql: string) {
		const statement = this.#database.prepare(sql);
		return {
			reader: statement.columns().length > 0,
			all: (bindings: never[]) => statement.all(...bindings),
			run: (bindings: never[]) => statement.run(...bindings),
		};
	}

	close(): void {
		this.#database.close();
	}
}

/** Knex on an empty SQLite database in this process' memory: the tables without Directus. */
export function memoryDatabase(): Knex {
	class InMemory extends (BetterSqlite as unknown as new (config: unknown) => object) {
		_driver() {
			return Connection;
		}
	}
	return knex({
		client: InMemory as unknown as typeof Knex.Client,
		connection: { filename: ':memory:' },
		useNullAsDefault: true,
		pool: { min: 1, max: 1 },
	});
}

/** The same with an empty `downstream_meta`. */
export async function memoryWithMeta(): Promise<Knex> {
	const database = memoryDatabase();
	await database.schema.createTable('downstream_meta', (table) => {
		table.string('key').primary();
		table.string('value');
		table.string('holder');
		table.bigInteger('until');
	});
	return database;
}
