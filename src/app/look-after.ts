import { createClockWatch } from '../capture/watch-clock.js';
import { lookForRuns } from '../sync/compare/sync-runs.js';
import { createReleaseWatch } from '../sync/promote/releases.js';

type Ticking = { tick(): Promise<void> };

/** What is looked after at every poll, one after the other. */
export function createLooks(
	ports: Parameters<typeof lookForRuns>[0] &
		Parameters<typeof createReleaseWatch>[0] &
		Parameters<typeof createClockWatch>[0] & { triggers: Ticking; drift: Ticking },
): () => Promise<void> {
	const looks = [
		() => lookForRuns(ports),
		createReleaseWatch(ports),
		createClockWatch(ports).tick,
		ports.triggers.tick,
		ports.drift.tick,
	];
	return async () => {
		for (const look of looks) await look();
	};
}
