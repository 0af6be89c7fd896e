import type { Clock, Logger } from '../kernel/ports.js';
import { setTimeout as pause } from 'node:timers/promises';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { ConfigPorts, ConfigReader, ConfigWriter, Actor, FollowInQueue } from './ports.js';
import { ConfigRefusal } from './refusal.js';
import { cascadeByHand } from './instance/config-cascade.js';
import { askForRefusals, createElementWriter } from './instance/config-elements.js';
import { checkSeats, readConfigLimits, readSeats } from './instance/config-limits.js';
import { readExtensions, reloadExtensions, switchExtension } from './instance/config-extensions.js';
import { refreshDirectus } from './instance/config-refresh.js';
import { applyMove, completeMoves } from './instance/config-moves.js';
import { createSchemaWriter } from './instance/config-schema.js';
import { createSnapshotReader } from './instance/config-snapshot.js';
import { countDangling, countDuplicates, countValues, tryConversion } from './tables/config-facts.js';
import { readConfigState } from './instance/config-state.js';
import {
	BrokenReferences,
	hasTransactionalSchema,
	readConsistently,
	readThenWrite,
	StateMoved,
} from './instance/config-transaction.js';
import { knowsGeometry, readUnmanaged } from './instance/config-unmanaged.js';
import { countConfigUsers } from './instance/config-users.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import { begunPushes, findPush, listPushes, recordPush, settlePush } from './tables/config-history.js';
import { ensureIdMap, forgetGoneIds, forgetIds, recordNewIds, replaceIds } from './tables/config-id-map.js';
import { isMysql, isSqlite } from '../kernel/database/dialect.js';
import {
	giveConfigLeaseBack,
	keepRenewed,
	LEASE_MS,
	renewConfigLease,
	takeConfigLease,
	WRITING_MS,
} from './tables/config-lease.js';
import { readRecordedSchema, recordSchema } from './tables/config-schema-record.js';

/** A push waits so long for readers that began before it ended, in ms. */
const READERS_MS = 5_000;

export interface ConfigHost {
	database: Knex;
	services: DirectusServices;
	getSchema: (options?: { database?: Knex; bypassCache?: boolean }) => Promise<SchemaOverview>;
	clock: Clock;
	logger: Logger;
	beforeStep?: ConfigPorts['beforeStep'];
	/** Told after a push. */
	pushed: () => Promise<void>;
	followInQueue?: FollowInQueue;
}

/** What pulling and pushing need of Directus and the database. */
export function createConfigPorts(host: ConfigHost): ConfigPorts {
	const { database, services, getSchema, clock, logger, followInQueue } = host;
	const vendor = vendorOf(database);
	const snapshots = createSnapshotReader(services, clock);
	const always = { services, vendor, limits: readConfigLimits, extensions: readExtensions, snapshots };
	/** Reads that are under way. What they saw of before a push, Directus remembers after it. */
	const reads = new Set<Promise<unknown>>();
	/** Where tables change outside of the transaction. */
	const outside = { foreignKeysAreOff: false, seats: null, schema: null };

	function readerOn(transaction: Knex, schema: SchemaOverview): ConfigReader {
		return {
			state: (choice) => readConfigState({ ...always, database: transaction, schema }, choice),
			countValues: (collection, field) => countValues(transaction, collection, field),
			countDuplicates: (collection, field) => countDuplicates(transaction, collection, field),
			countDangling: (from, to) => countDangling(transaction, from, to),
			tryConversion: (from, to) => tryConversion(transaction, from, to),
			unmanaged: (fields) => readUnmanaged({ database: transaction, services, schema }, fields),
			knowsGeometry: () => knowsGeometry(transaction),
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
				if (step.action === 'move') {
					const commitsAtOnce = !hasTransactionalSchema(database);
					await applyMove(step, {
						database: transaction,
						services,
						schema: await schema(),
						commitsAtOnce,
						followInQueue,
					});
					schemaWriter.forget();
				} else await schemaWriter.apply(step);
				known = null;
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

	/**
	 * A request that reads the schema while a push commits makes Directus cache the old columns for good. So the cache is
	 * cleared once more when such reads are over, and again a moment later for those on other nodes.
	 */
	async function forgetWhatReadersSaw(): Promise<void> {
		const forget = () => refreshDirectus({ database, services, getSchema }, { flows: false });
		if (reads.size > 0) {
			await Promise.race([Promise.allSettled(reads), pause(READERS_MS)]);
			await forget();
		}
		setTimeout(() => void forget().catch(() => {}), READERS_MS).unref();
	}

	const ports: ConfigPorts = {
		clock,
		logger,
		schemaInTransaction: hasTransactionalSchema(database),
		beforeStep: host.beforeStep,
		async read(work) {
			// Before the transaction: Directus reads its schema through a connection of its own.
			const reading = getSchema().then((schema) =>
				readConsistently(database, (transaction) => work(readerOn(transaction, schema))),
			);
			reads.add(reading);
			return reading
				.catch((error: unknown) => {
					throw refusalOf(error);
				})
				.finally(() => reads.delete(reading));
		},
		async readThenWrite(work) {
			const schema = await getSchema();
			await ensureIdMap(database);
			// Where tables are not in the transaction, the lease says that this push still lives.
			const renew = (until: number) => renewConfigLease(database, work.holder, until);
			const stopRenewing = ports.schemaInTransaction ? null : keepRenewed(renew, clock.now);
			try {
				const planned = await readThenWrite(database, {
					dryRun: work.dryRun,
					plan: (transaction) => work.plan(readerOn(transaction, schema)),
					async write(value, transaction, { foreignKeysAreOff }) {
						// Taken by somebody else, this lease is lost: then they write, and this one does not.
						if (!(await renewConfigLease(transaction, work.holder, clock.now() + WRITING_MS))) throw new StateMoved();
						if (!ports.schemaInTransaction && !(await work.isStillSo(value, readerOn(transaction, schema))))
							throw new StateMoved();
						const seats = await readSeats(transaction);
						await work.write(
							value,
							writerOn(transaction, work.actor, {
								foreignKeysAreOff,
								seats,
								schema: ports.schemaInTransaction ? schema : null,
							}),
						);
						// With the commit all is written: a process that dies right after it must not keep others waiting.
						if (ports.schemaInTransaction) await renewConfigLease(transaction, work.holder, clock.now() + LEASE_MS);
					},
					before: (value) => work.before(value, writerOn(database, work.actor, outside)),
					after: (value) => work.after(value, writerOn(database, work.actor, outside)),
					undo: async (value, written, error) =>
						work.undo(value, writerOn(database, work.actor, outside), {
							reader: readerOn(database, await getSchema()),
							written,
							error,
						}),
				});
				return { planned };
			} catch (error) {
				throw refusalOf(error);
			} finally {
				stopRenewing?.();
			}
		},
		async completeMoves(moves) {
			if (ports.schemaInTransaction || moves.length === 0) return;
			const schema = await getSchema({ bypassCache: true });
			const state = await readerOn(database, schema).state({ own: true, role: null });
			await completeMoves(moves, state, { database, services, schema, commitsAtOnce: true, followInQueue });
			await ports.refresh({ schema: true, flows: false, extensions: false });
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
			take: (holder, user) => takeConfigLease(database, holder, { user, since: clock.now() }, clock.now()),
			giveBack: (holder) => giveConfigLeaseBack(database, holder),
		},
		async refresh({ schema, flows, extensions }) {
			await refreshDirectus({ database, services, getSchema }, { flows });
			if (schema) await forgetWhatReadersSaw();
			if (extensions) reloadExtensions({ services, schema: await getSchema(), database, logger });
			if (schema) snapshots.forget();
			if (schema) await host.pushed();
		},
		history: {
			record: (push, plan, trace) => recordPush(database, push, plan, trace),
			list: (page) => listPushes(database, page),
			brokenOff: () => begunPushes(database),
			find: (id) => findPush(database, id),
			settle: (id, status, error) => settlePush(database, id, status, error),
		},
	};
	return ports;
}

/** The database's message, for the answer to the request. */
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
