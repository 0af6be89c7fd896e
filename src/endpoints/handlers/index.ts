import type { RouteName } from '../../core/routes.js';
import type { Handler } from '../respond.js';
import { adapters } from './adapters.js';
import {
	configDiff,
	configHistory,
	configIds,
	configPull,
	configPush,
	configPushed,
	configRevert,
	configUntrack,
} from './config.js';
import { cancel, cancelMany, causes, deliveries, delivery, incidents, retry, retryMany } from './deliveries.js';
import { dryRun } from './dry-run.js';
import { metrics } from './metrics.js';
import { status } from './status.js';
import { flushTarget, pauseTarget, resumeTarget, testTarget } from './targets.js';
import { throughput } from './throughput.js';
import { validate } from './validate.js';

/** A handler for every route; the type sees to it that none is forgotten. */
export const handlers: { [Name in RouteName]: Handler<Name> } = {
	status,
	metrics,
	throughput,
	validate,
	adapters,
	dryRun,
	testTarget,
	flushTarget,
	pauseTarget,
	resumeTarget,
	deliveries,
	causes,
	delivery,
	retryMany,
	cancelMany,
	retry,
	cancel,
	incidents,
	configPull,
	configDiff,
	configPush,
	configIds,
	configUntrack,
	configHistory,
	configPushed,
	configRevert,
};
