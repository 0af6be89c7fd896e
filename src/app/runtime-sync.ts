import type { Engine } from '../delivery/engine.js';
import { resendPlainRows } from '../sync/compare/sync-first-met.js';
import { releaseHeld } from '../sync/compare/sync-release.js';
import { createSyncRuns, type SyncRuns } from '../sync/compare/sync-runs.js';
import { createSync, type Sync } from '../sync/open-sync.js';
import type { RulesInForce } from '../targets/rules-in-force.js';
import type { SyncHost } from '../sync/sync-host.js';

type Host = Omit<SyncHost, 'firstMet' | 'newlyMet' | 'release'> & {
	engine: Pick<Engine, 'wake'>;
	rules: Pick<RulesInForce, 'moveCounter'>;
};

/** Sync, with what it sends by itself: to an instance that it meets for the first time, and what fits again. */
export function createRuntimeSync(host: Host): {
	sync: Sync;
	runs: SyncRuns;
} {
	const sync: Sync = createSync({
		...host,
		firstMet: (source) => resendPlainRows({ ...host, sync }, source),
		newlyMet: host.rules.moveCounter,
		release: (source, released) => releaseHeld({ ...host, runs }, source, released),
	});
	const runs = createSyncRuns({ ...host, sync });
	return { sync, runs };
}
