import { request as send } from 'undici';
import { afterEach } from 'vitest';
import type { Adapter, AdapterTarget, FlushChange } from '../../src/flush/adapters/adapter.js';
import { adapters } from '../../src/flush/adapters/index.js';
import { withSignature } from '../../src/flush/core/signature.js';
import { takeOne, type Allowance } from '../../src/delivery/core/allowance.js';
import { judgeStatus, type Verdict } from '../../src/delivery/core/verdict.js';
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

/** Groups, sends and judges as the engine does; stops a group at its first request that is not taken. */
export async function deliver(name: AdapterName, changes: FlushChange[], to: AdapterTarget): Promise<Verdict[]> {
	const adapter: Adapter = adapters[name];
	const verdicts: Verdict[] = [];
	for (const [index, group] of adapter.group(changes, to).entries()) {
		for (const request of adapter.requests(group, to)) {
			const signed = withSignature(
				request,
				{ signs: adapter.signs, id: `batch${index}`, secrets: [SECRET], extra: {} },
				Date.now(),
			);
			const { statusCode, headers, body } = await send(signed.url, {
				method: signed.method as 'POST',
				headers: signed.headers,
				body: signed.body,
			});
			const flat = Object.fromEntries(Object.entries(headers).map(([header, value]) => [header, String(value)]));
			const response = { status: statusCode, headers: flat, body: await body.text() };
			const verdict = adapter.judge(response, Date.now()) ?? judgeStatus(response, Date.now());
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
