import { fingerprintOf, shownValue } from './core/outcome-fingerprint.js';
import type { Clock } from '../kernel/ports.js';
import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { FILE_CONTENT, FILES } from '../kernel/core/file-content.js';
import { BytesRefused } from './core/wire/bytes-refused.js';
import { refusedFile, type FileLimits } from './core/wire/file-limits.js';
import type { SyncResult } from '../contract/sync-messages.js';
import type { Permitted, Refusal } from './core/wire/permitted-change.js';
import { refusedCollection } from './core/rules/refused-collections.js';
import { readChanges } from './core/wire/read-changes.js';
import { valuesOf } from './core/merge/stamp-edits.js';
import type { SyncModel } from './core/rules/sync-model.js';
import { allCascades } from '../capture/core/watch.js';
import { ABOUT_CIRCLE } from './incoming/circles.js';
import { applyChanges } from './incoming/apply-changes.js';
import type { ApplyPorts, Intake } from './incoming/apply-ports.js';
import type { SyncReads } from './rows/sync-reads.js';
import type { RemoteSource } from './remote-source.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import type { RemotesInForce } from './sync-host.js';
import type { SyncFiles } from './rows/sync-files.js';
import { takeTogether, type TogetherPorts } from './incoming/take-together.js';
import { type TakenTogether } from '../contract/sync-together.js';
import { inPartsTogether } from './rows/sync-parts.js';
import {
	applyTransaction,
	inDirectusTransaction,
	inSyncTransaction,
	type SyncWritePorts,
} from './rows/sync-transaction.js';
import { openCircles } from './tables/sync-conflict-table.js';
import { readVersions, writeVersions } from './tables/sync-version-table.js';

export interface IntakeHost {
	database: Knex;
	services: DirectusServices;
	clock: Clock;
	rules: Pick<RemotesInForce, 'syncRulesOf'>;
	files: SyncFiles;
	/** The first of Directus' storage locations. */
	storage: string;
	/** As it was when the rules were last read. */
	schema(): SchemaOverview | null;
	/** This instance. */
	instance(): string;
	newId: ApplyPorts['newId'];
	formerKey: ApplyPorts['formerKey'];
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

/** Taking in what other instances send: by which rules, in whose name, and with which bytes. */
export function createIntake(host: IntakeHost) {
	const { database, services, clock, rules, files, modelOf, sourceOf } = host;

	/** How a collection is taken in from an instance: by the rules that name it here, else as its user may write it. */
	function intakeOf(collection: string, source: RemoteSource | null): Intake | null {
		if (refusedCollection(collection) || !Object.hasOwn(host.schema()?.collections ?? {}, collection)) return null;
		const rule = source?.rules.find((compiled) => compiled.rule.collection === collection);
		const model = rule ? host.asRead(rule.model) : host.modelWith(collection, ['*']);
		const named = rule?.rule.fields.filter((field) => !rule.rule.local_fields?.includes(field)) ?? ['*'];
		const givable = host.modelWith(collection, named);
		if (!model || !givable) return null;
		return {
			model,
			givable,
			conflict: rule?.rule.conflict ?? 'newest',
			onDelete: rule?.rule.on_delete_conflict ?? 'park',
			match: rule?.rule.match ?? [],
			userFallback: source?.options?.user_fallback ?? null,
		};
	}

	/**
	 * Refuses collections that are never synced, those that a rule only sends, and, from a paired instance, those without a
	 * rule.
	 */
	function refusalOf(collection: string, source: RemoteSource | null, isPaired: boolean): Refusal | null {
		const refused = refusedCollection(collection);
		if (refused) return { code: 'REFUSED_COLLECTION', message: refused.message };
		const rule = source?.rules.find((compiled) => compiled.rule.collection === collection);
		const remoteName = source?.name ?? '';
		if (rule?.onlySends)
			return {
				code: 'DIRECTION',
				message: `the rule for ${collection} of the remote source "${remoteName}" here has the direction "push", and takes nothing: give it "both" or "pull"`,
			};
		if (!isPaired || rule || !source || source.rules.length + source.off.length === 0) return null;
		return {
			code: 'NO_RULE',
			message: `the remote source "${remoteName}" here has no rule for ${collection}: add one with the direction "pull" or "both"`,
		};
	}

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
			intakeOf: (collection) => intakeOf(collection, source),
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

	/** The bytes of a file are here now, as they are agreed. */
	async function hasContent(file: string): Promise<void> {
		await database.transaction(async (transaction) => {
			const [version] = [...(await readVersions(transaction, [{ collection: FILES, syncId: file }], true)).values()];
			if (!version || version.revision === 0) return;
			const overrides = Object.fromEntries(
				Object.entries(version.overrides).filter(([field]) => field !== FILE_CONTENT),
			);
			await writeVersions(transaction, [{ ...version, overrides }]);
		});
	}

	/** Whether bytes with this SHA-256 are what is agreed of a file, and are not here yet. */
	async function awaits(file: string, sha256: string): Promise<boolean> {
		const [version] = [...(await readVersions(database, [{ collection: FILES, syncId: file }])).values()];
		return (
			version !== undefined && valuesOf(version.state)[FILE_CONTENT] === sha256 && FILE_CONTENT in version.overrides
		);
	}

	return {
		applyPorts,
		hasContent,
		awaits,
		/** Takes in what another instance sends, in the name of the user that it came as. */
		async apply(
			request: { from: string; changes: readonly unknown[] },
			as: {
				accountability: Accountability;
				run: string;
				accessOf(collection: string): Permitted;
				paired: RemoteSource | null;
			},
		): Promise<SyncResult[]> {
			const { changes, refused } = readChanges(request.changes);
			const taken = await applyChanges(changes, { instance: request.from, run: as.run }, applyPorts(request.from, as));
			return [...taken, ...refused];
		},
		/**
		 * The same for rows of which all are taken in, or none; with `dry_run` nothing is written. A row that is refused keeps
		 * all of them out.
		 */
		async takeTogether(
			request: {
				from: string;
				changes: readonly unknown[];
				dry_run: boolean;
				expect?: string | undefined;
				shown: number;
			},
			as: TogetherAs & { run: string },
		): Promise<Omit<TakenTogether, 'instance'>> {
			const { changes, refused } = readChanges(request.changes);
			const keys = new Map(changes.map(({ sync_id, key }) => [sync_id, key]));
			const unreadable = refused.map(({ outcome: _outcome, ...issue }) => ({
				...issue,
				item: null,
				action: 'refused' as const,
			}));
			let fingerprint = '';
			const { rows, written } = await takeTogether(
				changes,
				{ instance: request.from, run: as.run },
				togetherPorts(request.from, as, request.dry_run),
				(all) => {
					fingerprint = fingerprintOf([...all, ...unreadable], keys);
					const isWanted = request.expect === undefined || request.expect === fingerprint;
					return !request.dry_run && isWanted && [...all, ...unreadable].every(({ action }) => action !== 'refused');
				},
			);
			let shown = 0;
			const cut = rows.map(({ fields, ...row }) => {
				if (!fields || (shown += 1) > request.shown) return row;
				const short = fields.map((field) => ({ ...field, from: shownValue(field.from), to: shownValue(field.to) }));
				return { ...row, fields: short };
			});
			return { written, fingerprint, rows: [...cut, ...unreadable] };
		},
		/** Bytes that another file here has need not be sent. */
		async takeBytesHere(
			results: Pick<SyncResult, 'sync_id' | 'needs'>[],
			accountability: Accountability,
		): Promise<void> {
			for (const result of results) {
				if (result.needs === undefined) continue;
				const copied = await files.copyHere(result.sync_id, result.needs, accountability).catch((error: unknown) => {
					// The answer to the bytes themselves says why.
					if (error instanceof BytesRefused) return false;
					throw error;
				});
				if (!copied) continue;
				await hasContent(result.sync_id);
				delete result.needs;
			}
		},
	};
}
