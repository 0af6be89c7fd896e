import { Gauge, Registry } from 'prom-client';
import { TARGET_STATES } from '../../contract/vocabulary.js';
import { measure } from '../../app/status/measure.js';
import { driftCount } from '../../config/core/drift.js';
import { readDrift } from '../../config/tables/drift-table.js';
import type { Handler } from '../respond.js';

/** Prometheus text: gauges from the shared tables, so that every node says the same, and this node's own attempts. */
export const metrics: Handler<'metrics'> = async ({ runtime }) => {
	const status = await measure(runtime);
	const registry = new Registry();
	const gauge = (name: string, help: string, labelNames: string[] = []) =>
		new Gauge({ name: `downstream_${name}`, help, labelNames, registers: [registry] });
	gauge('info', 'Version and engine.', ['version', 'engine']).set(
		{ version: status.version, engine: status.engine },
		1,
	);
	gauge('nodes', 'Processes that share the work.').set(status.nodes);
	gauge(
		'background_share',
		'Share of time that this process may spend on planning and sending: 1 while nobody saves.',
	).set(status.background.share);
	gauge('background_seconds', 'Time that planning and sending have taken in this process.').set(
		status.background.spent_ms / 1000,
	);
	gauge('outbox_pending', 'Changes that wait to be planned or sent for the first time.').set(status.outbox.pending);
	gauge('outbox_lag_seconds', 'Age of the oldest change that waits.').set(status.outbox.lag_ms / 1000);
	gauge('outbox_broken', '1 where changes cannot be recorded.').set(status.outbox.error === null ? 0 : 1);
	const isWatched = runtime.environment.DOWNSTREAM_DRIFT !== null;
	const drift = isWatched ? await readDrift(runtime.database).catch(() => null) : null;
	gauge('config_drift', 'Parts of the configuration that were changed since the last push.').set(
		drift ? driftCount(drift.drift) : 0,
	);
	const deliveries = gauge('deliveries', 'Deliveries by status.', ['status']);
	for (const [name, count] of Object.entries(status.deliveries)) deliveries.set({ status: name }, count);
	const pending = gauge('target_pending', 'Deliveries that wait for a target.', ['target', 'name', 'kind']);
	const lag = gauge('target_lag_seconds', 'Age of the oldest delivery that waits for a target.', [
		'target',
		'name',
		'kind',
	]);
	const state = gauge('target_state', '1 for the state that a target is in.', ['target', 'name', 'kind', 'state']);
	for (const target of status.targets) {
		const labels = { target: target.id, name: target.name, kind: target.kind };
		pending.set(labels, target.pending);
		lag.set(labels, target.lag_ms / 1000);
		for (const name of TARGET_STATES) state.set({ ...labels, state: name }, target.state === name ? 1 : 0);
	}
	return {
		text: await Registry.merge([registry, runtime.metrics.registry]).metrics(),
		contentType: registry.contentType,
	};
};
