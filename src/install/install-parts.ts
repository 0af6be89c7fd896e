import {
	FLUSH_RELATIONS,
	FLUSH_TARGET_COLLECTION,
	FLUSH_TARGET_USERS_COLLECTION,
	REMOTE_SOURCE_COLLECTION,
	REMOTE_SOURCE_RELATIONS,
	REMOTE_SOURCE_USERS_COLLECTION,
} from '../../schema.js';
import { summarise, type InstallPart, type InstallStep } from './core/install-plan.js';
import type { TargetKind } from '../contract/vocabulary.js';
import { installCollections, judgeCollections, sentence, type InstallPorts } from './install-collections.js';
import { installSyncAccount } from '../sync/link/install-sync-account.js';

/** What each capability needs, and which setting forbids it. They do not need each other. */
const PARTS = {
	flush: {
		collections: [FLUSH_TARGET_COLLECTION, FLUSH_TARGET_USERS_COLLECTION],
		relations: FLUSH_RELATIONS,
		forbiddenBy: 'CACHE_FLUSH_DISABLE_SCHEMA_CHANGE',
	},
	sync: {
		collections: [REMOTE_SOURCE_COLLECTION, REMOTE_SOURCE_USERS_COLLECTION],
		relations: REMOTE_SOURCE_RELATIONS,
		forbiddenBy: 'DATA_SYNC_DISABLE_SCHEMA_CHANGE',
	},
} as const satisfies Record<TargetKind, unknown>;

/**
 * What a start did for one part. With anything in `refused` it cannot work and stays off; with `failed` it broke off and
 * is to be tried again. The reasons have been logged.
 */
export interface InstallReport {
	created: string[];
	/** Collections that were there, and which of their fields were added or changed. */
	extended: { collection: string; fields: string[] }[];
	refused: { collection: string; reason: string }[];
	/** Why it broke off; null where it did not. */
	failed: string | null;
	/** Collections that the environment says not to touch. */
	skipped: string[];
}

/**
 * Brings the collections of `schema.ts` into the project: creates what is absent, adds to what the
 * predecessors left, leaves alone what is not ours; likewise the policy and the user that sync needs. Every start
 * computes the difference anew, so one that broke off is continued by the next. Never throws for what it finds: it logs one
 * error per part and reports `refused` or `failed`.
 */
export async function installParts(ports: InstallPorts): Promise<Record<TargetKind, InstallReport>> {
	return { flush: await installPart('flush', ports), sync: await installPart('sync', ports) };
}

async function installPart(kind: TargetKind, ports: InstallPorts): Promise<InstallReport> {
	const { environment, logger } = ports;
	const { forbiddenBy, ...definitions } = PARTS[kind];
	const part: InstallPart = { collections: [...definitions.collections], relations: definitions.relations };
	const report: InstallReport = { created: [], extended: [], refused: [], failed: null, skipped: [] };
	const taken: InstallStep[] = [];
	const made: string[] = [];
	const switchedOff = ([forbiddenBy, 'DISABLE_EXTENSION_SCHEMA_CHANGE'] as const).find((name) => environment[name]);
	try {
		const { refused, warnings } = switchedOff
			? await judgeCollections(ports, part, switchedOff)
			: await installCollections(ports, part, taken);
		if (switchedOff) report.skipped.push(...part.collections.map(({ collection }) => collection));
		report.refused.push(...refused);
		for (const warning of warnings) logger.warn(`[downstream] ${warning}`);
		if (kind === 'sync' && !switchedOff && refused.length === 0) made.push(...(await installSyncAccount(ports)));
	} catch (error) {
		report.failed = `${sentence(error)} What was done until then stays; it is tried again until the cause is gone.`;
	}
	Object.assign(report, summarise(taken));
	if (report.created.length > 0) logger.info(`[downstream] created the collections ${report.created.join(', ')}`);
	for (const { collection, fields } of report.extended)
		logger.info(`[downstream] extended the collection ${collection}: ${fields.join(', ')}`);
	if (made.length > 0) logger.info(`[downstream] created ${made.join(' and ')}`);
	for (const { reason } of report.refused) logger.error(`[downstream] ${reason}`);
	if (report.failed !== null) logger.error(`[downstream] ${report.failed}`);
	return report;
}
