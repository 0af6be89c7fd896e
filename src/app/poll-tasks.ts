import { createClockWatch } from '../capture/watch-clock.js';
import { createReleaseWatch } from '../sync/promote/releases.js';

type Ticking = { tick(): Promise<void> };

/** Runs the tasks of a poll, one after the other. */
export function createPollTasks(
	ports: Parameters<typeof createReleaseWatch>[0] &
		Parameters<typeof createClockWatch>[0] & { runs: Ticking; triggers: Ticking; drift: Ticking; incidents: Ticking },
): () => Promise<void> {
	const tasks = [
		ports.runs.tick,
		createReleaseWatch(ports),
		createClockWatch(ports).tick,
		ports.triggers.tick,
		ports.drift.tick,
		ports.incidents.tick,
	];
	return async () => {
		for (const task of tasks) await task();
	};
}
