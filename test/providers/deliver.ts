import { randomUUID } from 'node:crypto';
import { request as send } from 'undici';
import { afterEach } from 'vitest';
import type { Adapter, AdapterTarget, FlushChange } from '../../src/flush/adapters/adapter.js';
import { requestsOf } from '../../src/flush/adapters/requests-of.js';
import { adapters } from '../../src/flush/adapters/index.js';
import { withSignature } from '../../src/kernel/core/signature.js';
import { takeOne, type Allowance } from '../../src/delivery/core/allowance.js';
import type { Verdict } from '../../src/delivery/core/verdict.js';
import type { StoredAttempt } from '../../src/delivery/stored.js';
import { tryOnce } from '../../src/delivery/try-once.js';
import { hiddenOf } from '../../src/flush/hidden-of.js';
import { signing, unsigned } from '../../src/flush/sign-requests.js';
import type { WireRequest, WireResponse } from '../../src/kernel/core/wire.js';
import type { Clock } from '../../src/kernel/ports.js';
import type { AdapterName } from '../../src/contract/vocabulary.js';
import type { Provider } from './serve.js';
import { SECRET } from './nextjs.js';

/** A target with this adapter, its defaults filled in. */
export function target(
	name: AdapterName,
	options: Record<string, unknown>,
	over: Partial<AdapterTarget> = {},
): AdapterTarget {
	return {
		url: 'https://www.example.com',
		authHeader: 'bearer',
		apiKey: null,
		...over,
		options: { batch_size: 100, ...adapters[name].options.parse(options), ...over.options },
	};
}

/** A change of an item of `articles`. */
export const change = (item: string, over: Partial<FlushChange> = {}): FlushChange => ({
	collection: 'articles',
	event: 'update',
	item,
	fields: { id: item },
	previous: null,
	tags: [],
	paths: [],
	timestamp: 1_700_000_000_000,
	...over,
});

/** Changes of as many items, which share one tag and have some of their own. */
export const many = (count: number, tagsEach = 1) =>
	Array.from({ length: count }, (_, index) =>
		change(`${index}`, {
			tags: ['articles', ...Array.from({ length: tagsEach }, (__, tag) => `article-${index}-${tag}`)],
		}),
	);
export const numbered = (count: number) => Array.from({ length: count }, (_, index) => `tag-${index}`);

const clock: Clock = { now: Date.now, random: Math.random, id: randomUUID };
const logger = { debug() {}, info() {}, warn() {}, error() {} };

async function sendNow({ method, url, headers: asked, body: content }: WireRequest): Promise<WireResponse> {
	const { statusCode, headers, body } = await send(url, { method: method as 'POST', headers: asked, body: content });
	const flat = Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, String(value)]));
	return { status: statusCode, headers: flat, body: await body.text() };
}

/** Groups, sends and judges as the engine does; stops a group at its first request that is not taken. */
export async function deliver(
	name: AdapterName,
	changes: FlushChange[],
	to: AdapterTarget,
	/** What the history keeps of it. */
	kept: StoredAttempt[] = [],
): Promise<Verdict[]> {
	const adapter: Adapter = adapters[name];
	const verdicts: Verdict[] = [];
	const hidden = hiddenOf(to as never, { apiKey: to.apiKey, signing: [SECRET] }, adapter);
	const sendSigned = signing(adapter, to, { send: sendNow, clock, hidden });
	for (const [index, group] of adapter.group(changes, to).entries()) {
		for (const request of requestsOf(adapter, group, to)) {
			const signed = withSignature(
				request,
				{ signs: adapter.signs, id: `batch${index}`, secrets: [SECRET], extra: {} },
				Date.now(),
			);
			const { attempt, verdict } = await tryOnce(
				unsigned(signed, adapter),
				{ target: { id: 't', kind: 'flush', name: 't' }, timeoutMs: 5_000, hidden, judge: adapter.judge },
				{ batch: `batch${index}`, deliveries: [] },
				{ clock, logger, send: sendSigned },
			);
			kept.push(attempt);
			verdicts.push(verdict);
			if (verdict.kind !== 'delivered') break;
		}
	}
	return verdicts;
}

const started: Provider[] = [];
afterEach(async () => {
	await Promise.all(started.splice(0).map((provider) => provider.close()));
});

/** A provider that is closed after the test. */
export async function run(provider: Promise<Provider>): Promise<Provider> {
	started.push(await provider);
	return provider;
}

export const delivered = (count: number): Verdict[] => Array.from({ length: count }, () => ({ kind: 'delivered' }));

/** When requests go out where there is always one to send, in ms. */
export function sentAt(rate: { perSecond: number; burst: number }, seconds: number): number[] {
	const times: number[] = [];
	let allowance: Allowance | null = null;
	for (let now = 0; now < seconds * 1000;) {
		const taken = takeOne(allowance, rate, now);
		allowance = taken.allowance;
		if (taken.waitMs > 0) now += taken.waitMs;
		else times.push(now);
	}
	return times;
}
