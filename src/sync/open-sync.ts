import type { Knex } from 'knex';
import { typesOf } from '../kernel/filter/filter-fields.js';
import { VersionMoved } from './core/merge/row-version.js';
import type { SyncHost } from './sync-host.js';
import { createBeside } from './side-effects.js';
import { createIntake } from './intake.js';
import { createLostFields } from './lost-fields.js';
import { createSyncModels } from './sync-models.js';
import { createSyncFiles } from './rows/sync-files.js';
import { createMadeIds } from './rows/made-ids.js';
import { createSyncReads } from './rows/read-rows.js';
import { createTracking } from './rows/sync-tracking.js';
import { instanceId } from '../identity/tables/instance-id.js';
import { createLinks } from './open-links.js';
import { createRowPlans } from './plan-rows.js';
import { createChannels } from './open-channels.js';

/** Whether a plan has to be made anew because another node was writing the same rows. */
const hasMoved = (error: unknown): boolean =>
	error instanceof VersionMoved || /downstream_sync_ids/.test(error instanceof Error ? error.message : '');

/** Gives planning, sending and taking in what they need of Directus and the database. */
export function createSync(host: SyncHost) {
	const { database, services, clock, logger, items, rules } = host;
	let own = '';
	const instance = () => own;
	const links = createLinks(host, instance);
	const { peers, fits, sourceOf } = links;
	const lost = createLostFields({ database, logger });

	const primary = (collection: string) => host.schema()?.collections[collection]?.primary ?? 'id';
	const types = (collection: string) => typesOf(collection, host.schema() ?? { collections: {}, relations: [] });
	const of = { primary, schema: host.schema };
	const ids = createMadeIds(database, primary, clock.id);
	const files = createSyncFiles({ ...host, limits: host.fileLimits });
	const reads = createSyncReads(database, of, (rows) => files.addContent(rows, database, true));

	const { modelOf, modelWith, asRead } = createSyncModels(host.schema, rules.syncRulesOf);
	const lossesRecorded = lost.recorded;
	const { planPorts, ...plans } = createRowPlans({
		items,
		rules,
		instance,
		reads,
		newId: ids.newId,
		modelOf,
		peerOf: peers.of,
		lossesRecorded,
	});
	const { channelPorts, open } = createChannels({ ...host, instance, reads, files, modelOf, links });

	/** Bytes that are not digested yet are not read while a transaction is open. */
	const readsOf = (transaction: Knex) =>
		createSyncReads(transaction, of, (rows) => files.addContent(rows, transaction, false));

	const tracking = createTracking(services, host.captured);
	const beside = createBeside(database, services, logger);
	const rows = { files, modelOf, modelWith, asRead, sourceOf, readsOf, tracking, beside, instance };
	const targetsOf = (instances: string[]) =>
		peers.all().flatMap(([target, other]) => (instances.includes(other) ? [target] : []));
	const intake = createIntake({ ...host, ...rows, ...ids, targetsOf });

	return {
		instance,
		reads,
		files,
		identityOf: modelOf,
		modelOf,
		modelWith,
		...plans,
		hasMoved,
		open,
		...links.shown,
		...intake,
		readsOf,
		tracking,
		beside,
		/** Rules or the schema have changed here. */
		rulesChanged(): void {
			void peers.load().catch((error: unknown) => logger.debug(`[downstream] ${String(error)}`));
			const schema = host.schema();
			if (schema) lost.look(schema, rules.syncedCollections());
			fits.rulesChanged();
		},
		/** Fields of a collection were deleted here. */
		fieldsLost: lost.lost,
		/** What was lost with fields that were deleted here is recorded. */
		lossesRecorded,
		/** As it was when the rules were last read. */
		schema: host.schema,
		/** What is needed to say what a source would be sent. */
		previewPorts: { plan: planPorts, channel: channelPorts, items, primary, types },
		async load(): Promise<void> {
			own = await instanceId(database, clock.random);
			await ids.load(own);
			await peers.load();
		},
	};
}

export type Sync = ReturnType<typeof createSync>;
