import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import {
	alertQueries,
	alertRules,
	panelQueries,
	startPrometheus,
	unknownNames,
	type Prometheus,
} from '../kit/monitoring.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { publish } from './flush-target.js';

const TOKEN = 'what the monitoring shows';

/** `examples/monitoring`, on the metrics of a real Directus; and in a real Prometheus, where there is one. */
describe('alerts and dashboard', () => {
	let receiver: Receiver;
	let directus: Directus;
	let prometheus: Prometheus | null = null;

	beforeAll(async () => {
		receiver = await startReceiver();
		const env = { DOWNSTREAM_METRICS_TOKEN: TOKEN };
		directus = await startDirectus({ version: '12', database: 'sqlite', content: true, env });
		await publish(directus, {
			url: receiver.url,
			schema: [{ collection: 'posts', events: ['create'], payload: ['title'] }],
			options: { max_wait_ms: 0, retry: { tries: 100, min_ms: 50, max_ms: 200 } },
		});
		await directus.data('POST', '/items/posts', { title: 'seen' });
		await receiver.waitForCount(1);
		// Nobody waits for an alert here as long as at night.
		const rules = alertRules().replaceAll(/for: \w+/g, 'for: 2s');
		prometheus = await startPrometheus({ nodes: [directus.url], token: TOKEN, rules });
	});
	afterAll(async () => {
		await prometheus?.stop();
		await directus?.stop();
		await receiver?.stop();
	});

	test('ask for nothing that /metrics does not have', async () => {
		const answer = await until(async () => {
			const headers = { authorization: `Bearer ${TOKEN}` };
			const text = await (await fetch(`${directus.url}/downstream/metrics`, { headers })).text();
			return text.includes('downstream_attempts_total{') && text;
		});
		const queries = [...alertQueries(), ...panelQueries()];
		expect(queries.length).toBe([...alertRules().matchAll(/^\s+expr:/gm)].length + panelQueries().length);
		expect(queries.flatMap(({ title, expr }) => unknownNames(expr, answer).map((name) => `${title}: ${name}`))).toEqual(
			[],
		);
		expect(unknownNames('sum by (town) (downstream_targets{color="red"}) + downstream_deliveries{city="x"}', answer)) //
			.toEqual(['downstream_targets', 'downstream_deliveries{city}', 'by (town)']);
	});

	test('show what happens in a Prometheus, and fire while a target is away', { timeout: 120_000 }, async ({ skip }) => {
		const server = prometheus;
		if (server === null) return skip('prometheus is not installed here');
		// A rate needs something that grows; the list of sick targets is empty while all are well.
		let written = 0;
		const missing = async (but: string[] = []) => {
			await directus.data('POST', '/items/posts', { title: `shown ${++written}` });
			const answers = await Promise.all(panelQueries().map(async ({ title, expr }) => [title, await server.ask(expr)]));
			return answers.filter(([title, rows]) => rows?.length === 0 && !but.includes(String(title))).map(String);
		};
		const sick = 'Targets that do not receive';
		let last: string[] = [];
		const isShown = async (but: string[]) => (last = await missing(but)).length === 0;
		const message = () => `every panel to show something; these are empty: ${last.join()}`;
		await until(() => isShown([sick]), { timeout: 30_000, interval: 500, message });
		await until(async () => (await server.firing()).length === 0, { timeout: 30_000, message: 'no alert' });

		await receiver.down();
		await until(() => isShown([]), { timeout: 60_000, interval: 500, message });
		await until(async () => (await server.firing()).includes('DownstreamTargetFailing'), {
			timeout: 60_000,
			message: 'the alert that a target fails',
		});
		await receiver.up();
		await until(async () => (await server.firing()).length === 0, { timeout: 90_000, message: 'the alert to end' });
	});
});
