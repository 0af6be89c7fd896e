import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { FILE_CONTENT, FILES } from './core/sync/file-content.js';
import type { SyncApply, SyncResult } from './core/sync/messages.js';
import type { SyncModel } from './core/sync/sync-model.js';
import { applyChanges } from './engine/sync/apply-changes.js';
import type { ApplyDoors, Intake, WriteAccess } from './engine/sync/apply-ports.js';
import type { SyncReads } from './engine/sync/sync-reads.js';
import type { Clock } from './engine/ports.js';
import type { RemoteSource } from './engine/stored.js';
import type { DirectusServices } from './io/directus-services.js';
import type { RulesInForce } from './io/rules-in-force.js';
import type { SyncFiles } from './io/sync-files.js';
import { inSyncTransaction, type SyncWriteDoors } from './io/sync-transaction.js';
import { readVersions, writeVersions } from './tables/sync-version-table.js';

export interface IntakeHost {
	database: Knex;
	services: DirectusServices;
	clock: Clock;
	rules: RulesInForce;
	files: SyncFiles;
	/** The first of Directus' storage locations. */
	storage: string;
	/** As it was when the rules were last read. */
	schema(): SchemaOverview | null;
	/** This instance. */
	instance(): string;
	/** The same fields, each as any rule reads it. */
	asRead(model: SyncModel): SyncModel;
	/** Fields of a collection as any rule reads them. */
	modelWith(collection: string, fields: string[]): SyncModel | null;
	/** All that any rule has to do with of a collection. */
	modelOf(collection: string): SyncModel | null;
	/** The published source whose instance this is. */
	sourceOf(instance: string): RemoteSource | null;
	/** The sources behind these instances. */
	targetsOf(instances: string[]): string[];
	/** What is read through a transaction. */
	readsOf(transaction: Knex): SyncReads;
	/** Told of all writes, at the end of their transaction. */
	tracking: SyncWriteDoors['tracking'];
}

/** Taking in what other instances send: by which rules, in whose name, and with which bytes. */
export function createIntake(host: IntakeHost) {
	const { database, services, clock, rules, files, modelOf, sourceOf } = host;

	/** How a collection is taken in from an instance: by the rules that name it here, else as its user may write it. */
	function intakeOf(collection: string, source: RemoteSource | null): Intake | null {
		if (!host.schema()?.collections[collection]) return null;
		const rule = source?.rules.find((one) => one.rule.collection === collection);
		const model = rule ? host.asRead(rule.model) : host.modelWith(collection, ['*']);
		if (!model) return null;
		return {
			model,
			conflict: rule?.rule.conflict ?? 'newest',
			onDelete: rule?.rule.on_delete_conflict ?? 'park',
			match: rule?.rule.match ?? [],
			userFallback: source?.options?.user_fallback ?? null,
		};
	}

	/** With what rows of another instance are taken in, in the name of whoever that is done as. */
	function applyDoors(
		peer: string,
		as: { accountability: Accountability; accessOf(collection: string): WriteAccess },
	): ApplyDoors {
		const schema = host.schema();
		if (!schema) throw new Error('the schema has not been read yet');
		const source = sourceOf(peer);
		const { readsOf, tracking } = host;
		return {
			instance: host.instance(),
			now: clock.now,
			newId: clock.id,
			identityOf: modelOf,
			intakeOf: (collection) => intakeOf(collection, source),
			accessOf: as.accessOf,
			storage: host.storage,
			records: (collection) => rules.syncRulesOf(collection).length > 0,
			target: source?.id ?? null,
			targetsOf: host.targetsOf,
			transaction: (collection, work) =>
				inSyncTransaction(
					{ database, services, schema, readsOf, accountability: as.accountability, now: clock.now, tracking },
					collection,
					work,
				),
		};
	}

	/** The bytes of a file are here now, as they are agreed. */
	async function hasContent(file: string): Promise<void> {
		await database.transaction(async (transaction) => {
			const [version] = [...(await readVersions(transaction, [{ collection: FILES, syncId: file }], true)).values()];
			if (!version || version.revision === 0) return;
			const here = Object.fromEntries(Object.entries(version.here).filter(([field]) => field !== FILE_CONTENT));
			await writeVersions(transaction, [{ ...version, here }]);
		});
	}

	return {
		applyDoors,
		hasContent,
		/** Takes in what another instance sends, in the name of the user that it came as. */
		apply: (
			request: SyncApply,
			as: { accountability: Accountability; run: string; accessOf(collection: string): WriteAccess },
		): Promise<SyncResult[]> =>
			applyChanges(request.changes, { instance: request.from, run: as.run }, applyDoors(request.from, as)),
		/** Bytes that another file here has need not be sent. */
		async takeBytesHere(results: SyncResult[], accountability: Accountability): Promise<void> {
			for (const result of results) {
				if (result.needs === undefined) continue;
				if (!(await files.copyHere(result.sync_id, result.needs, accountability))) continue;
				await hasContent(result.sync_id);
				delete result.needs;
			}
		},
	};
}
