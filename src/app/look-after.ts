import { createClockWatch } from '../capture/watch-clock.js';
import { createReleaseWatch } from '../sync/promote/releases.js';

type Ticking = { tick(): Promise<void> };

/** What is looked after at every poll, one after the other. */
export function createLooks(
	ports: Parameters<typeof createReleaseWatch>[0] &
		Parameters<typeof createClockWatch>[0] & { runs: Ticking; triggers: Ticking; drift: Ticking },
): () => Promise<void> {
	const looks = [
		ports.runs.tick,
		createReleaseWatch(ports),
		createClockWatch(ports).tick,
		ports.triggers.tick,
		ports.drift.tick,
	];
	return async () => {
		for (const look of looks) await look();
	};
}
