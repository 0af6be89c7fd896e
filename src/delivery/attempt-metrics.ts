import { Counter, Histogram, Registry } from 'prom-client';
import type { StoredAttempt } from './stored.js';

/** Counts this process' requests in a registry of its own: Directus' is not for extensions to reach. */
export function createAttemptMetrics() {
	const registry = new Registry();
	const attempts = new Counter({
		name: 'downstream_attempts_total',
		help: 'Requests made by this process, by outcome.',
		labelNames: ['target', 'outcome'],
		registers: [registry],
	});
	const durations = new Histogram({
		name: 'downstream_attempt_duration_seconds',
		help: 'How long requests of this process took.',
		labelNames: ['target'],
		buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
		registers: [registry],
	});
	return {
		registry,
		observe({ target, outcome, durationMs }: StoredAttempt): void {
			attempts.inc({ target, outcome });
			durations.observe({ target }, durationMs / 1000);
		},
	};
}
