import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { publish, settled } from './flush-target.js';

const RULE = { collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] };

/** One request after the other, and many tries. */
const OPTIONS = { batch_size: 1, concurrency: 2, retry: { tries: 50, min_ms: 10, max_ms: 10 } };

describe('the circuit breaker of a target', () => {
	let directus: Directus;
	let receiver: Receiver;
	let target: string;

	const post = (title: string) => directus.data<{ id: number }>('POST', '/items/posts', { title });
	const statusOf = async (id: string) =>
		(
			await directus.data<{ targets: { id: string; state: string; next_probe_at: string | null }[] }>(
				'GET',
				'/downstream/status',
			)
		).targets.find((entry) => entry.id === id);
	const stateOf = async (id: string) => (await statusOf(id))?.state;

	beforeAll(async () => {
		directus = await startDirectus({ version: '12', database: 'sqlite', content: true });
	});
	afterAll(() => directus?.stop());

	beforeEach(async () => {
		receiver = await startReceiver();
	});
	afterEach(async () => {
		await directus.request('DELETE', `/items/cache_flush_targets/${target}`);
		await receiver.stop();
	});

	it('opens the breaker after five failures, probes with one request at a time, and drains when the target is back', async () => {
		receiver.respond = () => ({ status: 500 });
		target = await publish(directus, {
			url: receiver.url,
			schema: [RULE],
			options: OPTIONS,
		});
		for (let index = 0; index < 8; index += 1) await post(`breaks ${index}`);
		await until(async () => (await stateOf(target)) === 'open', { message: 'an open breaker' });
		const before = receiver.requests.length;
		await receiver.waitForCount(before + 1);
		expect(receiver.requests.length - before).toBeLessThan(3);
		receiver.respond = () => ({});
		await settled(directus, target, 8);
		expect(await stateOf(target)).toBe('healthy');
	});

	it('probes a failing target at once when somebody retries, and closes the breaker when a test is accepted', async () => {
		receiver.respond = () => ({ status: 500 });
		target = await publish(directus, {
			url: receiver.url,
			schema: [RULE],
			options: OPTIONS,
		});
		await post('is retried');
		const probeIn = async () => {
			const at = (await statusOf(target))?.next_probe_at;
			return at ? Date.parse(at) - Date.now() : 0;
		};
		// Each probe that fails puts the next one off for longer.
		await until(async () => (await probeIn()) > 5_000, { message: 'a probe that is far off' });
		const [waiting] = await directus.data<{ id: string }[]>('GET', `/downstream/deliveries?target=${target}`);
		const before = receiver.requests.length;
		await directus.data('POST', `/downstream/deliveries/${waiting?.id}/retry`, {});
		await receiver.waitForCount(before + 1);
		await until(async () => (await probeIn()) > 5_000, { message: 'a probe that is far off again' });
		receiver.respond = () => ({});
		await directus.data('POST', `/downstream/targets/${target}/test`, {});
		await settled(directus, target, 1);
		expect(await stateOf(target)).toBe('healthy');
	});
});
