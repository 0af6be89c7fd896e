import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { ConfigDoors, ConfigReader, ConfigWriter, Actor } from '../engine/config/ports.js';
import { ConfigRefusal } from '../engine/config/refusal.js';
import type { Clock, Logger } from '../engine/ports.js';
import { cascadeByHand } from '../io/config-cascade.js';
import { askForRefusals, createElementWriter } from '../io/config-elements.js';
import { checkSeats, readConfigLimits, readSeats } from '../io/config-limits.js';
import { readExtensions, reloadExtensions, switchExtension } from '../io/config-extensions.js';
import { refreshDirectus } from '../io/config-refresh.js';
import { createSchemaWriter } from '../io/config-schema.js';
import { createSnapshotReader } from '../io/config-snapshot.js';
import { countValues, readConfigState } from '../io/config-state.js';
import {
	BrokenReferences,
	hasTransactionalSchema,
	readConsistently,
	readThenWrite,
	StateMoved,
} from '../io/config-transaction.js';
import { countConfigUsers } from '../io/config-users.js';
import type { DirectusServices } from '../io/directus-services.js';
import { findPush, listPushes, recordPush } from '../tables/config-history.js';
import { ensureIdMap, forgetGoneIds, forgetIds, recordNewIds, replaceIds } from '../tables/config-id-map.js';
import { isMysql, isSqlite } from '../tables/dialect.js';
import { giveConfigLeaseBack, renewConfigLease, takeConfigLease } from '../tables/config-lease.js';
import { readRecordedSchema, recordSchema } from '../tables/config-schema-record.js';

/** Long enough to begin with the writing; a dead process' push is in nobody's way for longer. */
const LEASE_MS = 15_000;
/** For as long as the writing may take. Not seen by others before the commit, and gone with the transaction. */
const WRITING_MS = 900_000;

export interface ConfigHost {
	database: Knex;
	services: DirectusServices;
	getSchema: (options?: { database?: Knex; bypassCache?: boolean }) => Promise<SchemaOverview>;
	clock: Clock;
	logger: Logger;
	beforeStep?: ConfigDoors['beforeStep'];
	/** Told after a push. */
	pushed: () => Promise<void>;
}

/** The doors of the configuration, each to one thing, put together. */
export function createConfigDoors(host: ConfigHost): ConfigDoors {
	const { database, services, getSchema, clock, logger } = host;
	const vendor = vendorOf(database);
	const snapshots = createSnapshotReader(services, clock);
	const always = { services, vendor, limits: readConfigLimits, extensions: readExtensions, snapshots };
	/** Where tables change outside of the transaction. */
	const outside = { foreignKeysAreOff: false, seats: null, schema: null };

	function readerOn(transaction: Knex, schema: SchemaOverview): ConfigReader {
		return {
			state: (choice) => readConfigState({ ...always, database: transaction, schema }, choice),
			countValues: (collection, field) => countValues(transaction, collection, field),
			countUsers: () => countConfigUsers(transaction),
			recordedSchema: () => readRecordedSchema(transaction),
			refusals: (rows, { accountability }) =>
				askForRefusals({ database: transaction, services, accountability, schema }, rows),
		};
	}

	function writerOn(
		transaction: Knex,
		actor: Actor,
		options: { foreignKeysAreOff: boolean; seats: number | null; schema: SchemaOverview | null },
	): ConfigWriter {
		let known = options.schema;
		const schema = async () => (known ??= await getSchema({ database: transaction, bypassCache: true }));
		const schemaWriter = createSchemaWriter({
			database: transaction,
			services,
			readSchema: () => getSchema({ database: transaction, bypassCache: true }),
			commitsAtOnce: !hasTransactionalSchema(database),
		});
		const elements = createElementWriter({
			database: transaction,
			services,
			schema,
			accountability: actor.accountability,
			cascade: async (table, keys) => {
				if (options.foreignKeysAreOff) await cascadeByHand(transaction, table, keys);
			},
		});
		return {
			...elements,
			async applySchema(step) {
				known = null;
				await schemaWriter.apply(step);
			},
			switchExtension: async (id, enabled) =>
				switchExtension({ database: transaction, services, accountability: actor.accountability }, await schema(), {
					id,
					enabled,
				}),
			replaceIds: (kind, ids) => replaceIds(transaction, kind, ids),
			forgetIds: (kind, ids) => forgetIds(transaction, kind, ids),
			forgetGone: (kinds) => forgetGoneIds(transaction, kinds),
			recordSchema: (names) => recordSchema(transaction, names),
			record: (push, plan, trace) => recordPush(transaction, push, plan, trace),
			async verify() {
				await elements.checkRights();
				await checkSeats(transaction, options.seats);
			},
		};
	}

	const doors: ConfigDoors = {
		clock,
		logger,
		schemaInTransaction: hasTransactionalSchema(database),
		beforeStep: host.beforeStep,
		async read(work) {
			// Before the transaction: Directus reads its schema through a connection of its own.
			const schema = await getSchema();
			return readConsistently(database, (transaction) => work(readerOn(transaction, schema))).catch(
				(error: unknown) => {
					throw refusalOf(error);
				},
			);
		},
		async readThenWrite(work) {
			const schema = await getSchema();
			await ensureIdMap(database);
			try {
				const planned = await readThenWrite(database, {
					dryRun: work.dryRun,
					plan: (transaction) => work.plan(readerOn(transaction, schema)),
					async write(value, transaction, { foreignKeysAreOff }) {
						// Taken by somebody else, this lease is lost: then they write, and this one does not.
						if (!(await renewConfigLease(transaction, work.holder, clock.now() + WRITING_MS))) throw new StateMoved();
						if (!doors.schemaInTransaction && !(await work.isStillSo(value, readerOn(transaction, schema))))
							throw new StateMoved();
						const seats = await readSeats(transaction);
						await work.write(
							value,
							writerOn(transaction, work.actor, {
								foreignKeysAreOff,
								seats,
								schema: doors.schemaInTransaction ? schema : null,
							}),
						);
						// With the commit all is written: a process that dies right after it must not keep others waiting.
						if (doors.schemaInTransaction) await renewConfigLease(transaction, work.holder, clock.now() + LEASE_MS);
					},
					before: (value) => work.before(value, writerOn(database, work.actor, outside)),
					after: (value) => work.after(value, writerOn(database, work.actor, outside)),
					undo: async (value, written) =>
						work.undo(value, writerOn(database, work.actor, outside), {
							reader: readerOn(database, await getSchema()),
							written,
						}),
				});
				return { planned };
			} catch (error) {
				throw refusalOf(error);
			}
		},
		async specs(accountability) {
			const service = new services.SpecificationService({ knex: database, schema: await getSchema(), accountability });
			return {
				openapi: await service.oas.generate(),
				items: (await service.graphql.generate('items')) ?? '',
				system: (await service.graphql.generate('system')) ?? '',
			};
		},
		async recordNewIds(newIds) {
			await ensureIdMap(database);
			return recordNewIds(database, newIds);
		},
		recordSchema: (names) => recordSchema(database, names),
		lease: {
			take: (holder, user) => takeConfigLease(database, holder, { user, since: clock.now() }, clock.now(), LEASE_MS),
			giveBack: (holder) => giveConfigLeaseBack(database, holder),
		},
		async refresh({ schema, flows, extensions }) {
			await refreshDirectus({ database, services, getSchema }, { flows });
			if (extensions) reloadExtensions({ services, schema: await getSchema(), database, logger });
			if (schema) snapshots.forget();
			if (schema) await host.pushed();
		},
		history: {
			record: (push, plan, trace) => recordPush(database, push, plan, trace),
			list: (page) => listPushes(database, page),
			find: (id) => findPush(database, id),
		},
	};
	return doors;
}

/** What the database says, for whoever asked. */
function refusalOf(error: unknown): unknown {
	if (error instanceof StateMoved) return new ConfigRefusal(409, 'STATE_MOVED', `${error.message}; try again`);
	if (error instanceof BrokenReferences)
		return new ConfigRefusal(422, 'REFUSED', `Nothing was changed: ${error.message}`);
	if (error instanceof Error && error.name === 'KnexTimeoutError')
		return new ConfigRefusal(503, 'SERVICE_UNAVAILABLE', 'the database has no connection to spare; try again');
	return error;
}

/** As Directus names it in a snapshot. */
function vendorOf(database: Knex): string {
	if (isSqlite(database)) return 'sqlite';
	if (isMysql(database)) return 'mysql';
	const client = String(database.client.config.client);
	return client === 'pg' ? 'postgres' : client;
}
