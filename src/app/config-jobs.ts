import type { Environment } from '../../schema.js';
import { createConfigEngine } from '../config/config-engine.js';
import { createConfigPorts, type ConfigHost } from '../config/open-config.js';
import { createPushJobs } from '../config/push-jobs.js';
import type { PushResult } from '../config/push.js';
import { createJobStore } from '../config/tables/config-job-table.js';
import { createDriftWatch } from '../config/watch-drift.js';
import { followInQueue } from './follow-in-queue.js';

/** Background work of config: pushes as jobs, and the watch for drift. */
export function createConfig(host: ConfigHost & { environment: Environment }, node: string) {
	const { clock, logger, database, services, getSchema } = host;
	const every = host.environment.DOWNSTREAM_DRIFT;
	const ports = createConfigPorts({ ...host, followInQueue });
	const engine = createConfigEngine(ports);
	const drift = createDriftWatch({ database, services, getSchema, clock, logger, every, ports });
	const kept = async (pushing: Promise<PushResult>): Promise<PushResult> => {
		const result = await pushing;
		if (result.id !== null) await drift.pushed(result.id);
		return result;
	};
	return {
		config: {
			...engine,
			push: (...order: Parameters<typeof engine.push>) => kept(engine.push(...order)),
			revert: (...order: Parameters<typeof engine.revert>) => kept(engine.revert(...order)),
			finish: (...order: Parameters<typeof engine.finish>) => kept(engine.finish(...order)),
		},
		drift,
		pushJobs: createPushJobs({ clock, logger, store: createJobStore(database, { node, now: clock.now }) }),
	};
}
