import type { Clock } from '../kernel/ports.js';
import type { Accountability } from '@directus/types';
import type { Knex } from 'knex';
import { refusedFile, type FileLimits } from './core/wire/file-limits.js';
import type { Permitted } from './core/wire/permitted-change.js';
import type { SyncModel } from './core/rules/sync-model.js';
import { allCascades } from '../capture/core/watch.js';
import { ABOUT_CIRCLE } from './incoming/circles.js';
import { intakeOf, refusalOf, type IntakeModels } from './incoming/intake-rules.js';
import type { ApplyPorts } from './incoming/apply-ports.js';
import type { SyncReads } from './rows/sync-reads.js';
import type { RemoteSource } from './remote-source.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import type { RemotesInForce } from './sync-host.js';
import type { SyncFiles } from './rows/sync-files.js';
import { type TogetherPorts } from './incoming/take-together.js';
import { inPartsTogether } from './rows/sync-parts.js';
import {
	applyTransaction,
	inDirectusTransaction,
	inSyncTransaction,
	type SyncWritePorts,
} from './rows/sync-transaction.js';
import { openCircles } from './tables/sync-conflict-table.js';

export interface IntakeHost extends IntakeModels {
	database: Knex;
	services: DirectusServices;
	clock: Clock;
	rules: Pick<RemotesInForce, 'syncRulesOf'>;
	files: SyncFiles;
	/** The first of Directus' storage locations. */
	storage: string;
	/** This instance. */
	instance(): string;
	newId: ApplyPorts['newId'];
	formerKey: ApplyPorts['formerKey'];
	learnFormer(collections: Iterable<string>): Promise<void>;
	/** All that any rule has to do with of a collection. */
	modelOf(collection: string): SyncModel | null;
	/** The published source whose instance this is. */
	sourceOf(instance: string): RemoteSource | null;
	/** The sources behind these instances. */
	targetsOf(instances: string[]): string[];
	/** What is read through a transaction. */
	readsOf(transaction: Knex): SyncReads;
	/** Told of all writes, at the end of their transaction. */
	tracking: SyncWritePorts['tracking'];
	/** How rows are counted, and bytes of deleted files removed. */
	beside: Pick<SyncWritePorts, 'countRows' | 'bytes'>;
	fileLimits: FileLimits;
}

/** In whose name rows are taken in, and what of this instance may be shown to the sender. */
export interface TogetherAs {
	accountability: Accountability;
	accessOf(collection: string): Permitted;
	paired: RemoteSource | null;
	mayShow(collection: string, field: string): boolean;
}

/** What taking in rows needs, for each sender and each user in whose name they are written. */
export function createIntakePorts(host: IntakeHost) {
	const { database, services, clock, rules, modelOf, sourceOf } = host;

	/** What writing rows in a user's name needs. */
	function writePorts(accountability: Accountability): SyncWritePorts {
		const schema = host.schema();
		if (!schema) throw new Error('the schema has not been read yet');
		const { readsOf, tracking, beside } = host;
		return { database, services, schema, readsOf, accountability, now: clock.now, tracking, ...beside };
	}

	/** What taking in rows of another instance needs, for the user in whose name they are written. */
	function applyPorts(
		peer: string,
		as: { accountability: Accountability; accessOf(collection: string): Permitted; paired?: RemoteSource | null },
	): ApplyPorts {
		const ports = writePorts(as.accountability);
		const source = as.paired ?? sourceOf(peer);
		const { schema } = ports;
		const cascades = allCascades(schema);
		return {
			instance: host.instance(),
			now: clock.now,
			newId: host.newId,
			formerKey: host.formerKey,
			identityOf: modelOf,
			intakeOf: (collection) => intakeOf(collection, source, host),
			accessOf: as.accessOf,
			refusalOf: (collection) => refusalOf(collection, source, Boolean(as.paired)),
			storage: host.storage,
			refusesFile: (file) => refusedFile(file, host.fileLimits),
			cascadesOf: (collection) => cascades.get(collection) ?? [],
			wholeOf: (collection) => host.modelWith(collection, ['*']),
			records: (collection) => rules.syncRulesOf(collection).length > 0,
			target: source?.id ?? null,
			targetsOf: host.targetsOf,
			openCircles: (from) => openCircles(database, from, ABOUT_CIRCLE),
			transaction: (collection, work) => inSyncTransaction(ports, collection, work),
		};
	}

	/** The same for rows of which all are taken in or none. */
	function togetherPorts(peer: string, as: TogetherAs, rehearses: boolean): TogetherPorts {
		const each = applyPorts(peer, as);
		return {
			mayShow: as.mayShow,
			together: (collection, work) =>
				inPartsTogether(
					{ ...writePorts(as.accountability), begin: inDirectusTransaction, writesIn: applyTransaction },
					collection,
					{ rehearses },
					(part, knex) =>
						work({
							...each,
							openCircles: (from) => openCircles(knex, from, ABOUT_CIRCLE),
							transaction: (_collection, doPart) => part(doPart),
						}),
				),
		};
	}

	return { applyPorts, togetherPorts };
}
