import type { RouteName } from '../../contract/routes.js';
import type { Handler } from '../respond.js';
import {
	configDiff,
	configHistory,
	configIds,
	configPull,
	configJob,
	configPush,
	configPushed,
	configFinish,
	configRevert,
	configRevertPlan,
	configUntrack,
} from './config.js';
import {
	cancel,
	cancelMany,
	causes,
	deliveries,
	delivery,
	exportDeliveries,
	incidents,
	retry,
	retryMany,
} from './deliveries.js';
import { dryRun } from './dry-run.js';
import { item } from './item.js';
import { metrics } from './metrics.js';
import { operations } from './operations.js';
import { pages, reportPages } from './pages.js';
import { identity, status, throughput, triggersRemove } from './status.js';
import {
	adapters,
	flushTarget,
	pauseTarget,
	purgeTarget,
	resumeTarget,
	targetNotice,
	testTarget,
	tryTarget,
} from './targets.js';
import { syncConflict, syncConflicts, syncConflictsThere, syncResolve, syncResolveMany } from './sync-conflicts.js';
import { syncCheck, syncClosure, syncOptions } from './sync-links.js';
import { syncPair, syncPairing, syncRedeem, syncUnpair } from './sync-pairing.js';
import {
	syncApply,
	syncBackfill,
	syncCompare,
	syncDigests,
	syncFile,
	syncHello,
	syncProgress,
	syncRepair,
	syncResend,
} from './sync.js';
import { syncReceived, syncUndo } from './sync-received.js';
import { syncRelease, syncReleaseCancel, syncReleases } from './sync-releases.js';
import { syncCopy, syncCopyOf, syncPromote, syncTogether } from './sync-together.js';
import { validate } from './validate.js';

/** A handler for every route; the type sees to it that none is forgotten. */
export const handlers: { [Name in RouteName]: Handler<Name> } = {
	status,
	identity,
	triggersRemove,
	metrics,
	throughput,
	validate,
	adapters,
	dryRun,
	testTarget,
	flushTarget,
	purgeTarget,
	item,
	targetNotice,
	pauseTarget,
	tryTarget,
	resumeTarget,
	deliveries,
	causes,
	exportDeliveries,
	delivery,
	retryMany,
	cancelMany,
	retry,
	cancel,
	incidents,
	operations,
	pages,
	reportPages,
	configPull,
	configDiff,
	configJob,
	configPush,
	configIds,
	configUntrack,
	configHistory,
	configPushed,
	configFinish,
	configRevert,
	syncHello,
	syncApply,
	syncConflicts,
	syncConflictsThere,
	syncConflict,
	syncResolve,
	syncResolveMany,
	syncOptions,
	syncClosure,
	syncCheck,
	syncPairing,
	syncUnpair,
	syncRedeem,
	syncPair,
	syncDigests,
	syncTogether,
	syncPromote,
	syncCopyOf,
	syncCopy,
	syncRelease,
	syncReleases,
	syncReleaseCancel,
	syncResend,
	syncFile,
	syncCompare,
	syncBackfill,
	syncRepair,
	syncProgress,
	syncReceived,
	syncUndo,
	configRevertPlan,
};
