import type { Clock, Logger } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { ConfigPorts, Actor, FollowInQueue } from './ports.js';
import { reloadExtensions } from './instance/config-extensions.js';
import { refreshDirectus } from './instance/config-refresh.js';
import { completeMoves } from './instance/config-moves.js';
import { createConfigReads } from './instance/config-reads.js';
import { configReader } from './instance/config-reader.js';
import { configWriter, type WriterOptions } from './instance/config-writer.js';
import { planAndWrite } from './instance/push-transaction.js';
import { createSnapshotReader } from './instance/config-snapshot.js';
import { hasTransactionalSchema } from './instance/config-transaction.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import { begunPushes, findPush, listPushes, recordPush, settlePush } from './tables/config-history.js';
import { ensureIdMap, recordNewIds } from './tables/config-id-map.js';
import { isMysql, isSqlite } from '../kernel/database/dialect.js';
import { giveConfigLeaseBack, takeConfigLease } from './tables/config-lease.js';
import { recordSchema } from './tables/config-schema-record.js';

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
	const reader = (transaction: Knex, schema: SchemaOverview) =>
		configReader({ services, vendor, snapshots }, transaction, schema);
	const writing = { services, getSchema, commitsAtOnce: !hasTransactionalSchema(database), followInQueue };
	const writer = (transaction: Knex, actor: Actor, options: WriterOptions) =>
		configWriter(writing, transaction, actor, options);
	const reads = createConfigReads(host, reader);

	const ports: ConfigPorts = {
		clock,
		logger,
		schemaInTransaction: hasTransactionalSchema(database),
		beforeStep: host.beforeStep,
		read: reads.read,
		readThenWrite: (work) => planAndWrite(work, { database, clock, getSchema, reader, writer }),
		async completeMoves(moves) {
			if (ports.schemaInTransaction || moves.length === 0) return;
			const schema = await getSchema({ bypassCache: true });
			const state = await reader(database, schema).state({ own: true, role: null });
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
			if (schema) await reads.forgetWhatTheySaw();
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

/** As Directus names it in a snapshot. */
function vendorOf(database: Knex): string {
	if (isSqlite(database)) return 'sqlite';
	if (isMysql(database)) return 'mysql';
	const client = String(database.client.config.client);
	return client === 'pg' ? 'postgres' : client;
}
