import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { adapterLists, adapterNames } from '../scripts/adapter-list.mjs';
import { ADAPTERS, ALL_ITEMS } from '../src/contract/vocabulary.js';
import type { FlushChange } from '../src/flush/adapters/adapter.js';
import { adapters } from '../src/flush/adapters/index.js';
import { describeAdapters } from '../src/flush/core/describe-adapters.js';
import { showRequest } from '../src/kernel/core/mask.js';
import { change, target } from './providers/deliver.js';
import type { Sample } from './providers/limits.js';

const KEY = 'the-key-of-the-target';

test('the lists of adapters are those of their folders; "npm run docs" writes them', async () => {
	for (const [name, text] of Object.entries(await adapterLists()))
		expect(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')).toBe(text);
	expect(ADAPTERS.map((name) => adapters[name].name)).toEqual([...ADAPTERS]);
});

test('an adapter is added by its folder alone', async () => {
	const lists = await adapterLists([...adapterNames(), 'another']);
	for (const text of Object.values(lists)) expect(text).toContain('another');
	const folders = readdirSync(new URL('../src/flush/adapters/', import.meta.url), { withFileTypes: true });
	expect(folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)).toEqual(ADAPTERS.toSorted());
});

/** What stands beside each adapter, found by its name. */
const samples = await Promise.all(
	ADAPTERS.map(async (name) => ({ name, ...((await import(`./providers/${name}.ts`)) as Sample) })),
);

const text = fc.oneof(
	fc.constantFrom(
		'articles',
		'article:1',
		'Article:1',
		'a,b',
		' ',
		'',
		'*',
		'x'.repeat(3000),
		'ж'.repeat(200),
		'//evil.test/',
		'@evil.test',
		'a\r\nb',
	),
	fc.string({ maxLength: 40 }),
	fc.nat(400).map((number) => `tag-${number}`),
);
const anyChange: fc.Arbitrary<FlushChange> = fc.record({
	collection: fc.constantFrom('articles', 'Pages'),
	event: fc.constantFrom('create', 'update', 'delete'),
	item: fc.oneof(fc.constant(ALL_ITEMS), fc.nat(50).map(String), fc.uuid()),
	fields: fc.constant({}),
	previous: fc.constant(null),
	tags: fc.oneof(
		{ weight: 9, arbitrary: fc.array(text, { maxLength: 6 }) },
		{ weight: 1, arbitrary: fc.array(text, { minLength: 130, maxLength: 400 }) },
	),
	paths: fc.array(text, { maxLength: 4 }),
	timestamp: fc.nat(),
});

describe.each(
	samples.flatMap(({ name, setups, within, mostRequests = 2 }) =>
		setups.map((given) => ({ name, given, within, mostRequests })),
	),
)('$name $given', ({ name, given, within, mostRequests }) => {
	const adapter = adapters[name];
	const at = (batch_size = 100) => target(name, given, { apiKey: KEY, options: { batch_size } });

	test('every change is in one group, in order, and no request is empty or exceeds what the provider takes', () => {
		fc.assert(
			fc.property(fc.array(anyChange, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (changes, batchSize) => {
				const groups = adapter.group(changes, at(batchSize));
				expect(groups.flat()).toEqual(changes);
				for (const group of groups) {
					expect(group.length).toBeGreaterThan(0);
					expect(group.length).toBeLessThanOrEqual(batchSize);
					const requests = adapter.requests(group, at(batchSize));
					for (const request of requests) within(request);
					// Tags and URLs may each take one; more only for a change that is alone.
					if (group.length > 1) expect(requests.length).toBeLessThanOrEqual(mostRequests);
				}
			}),
			// Shrinking hundreds of tags takes minutes and says no more than the first counterexample.
			{ numRuns: 40, endOnFailure: true },
		);
	});

	test('a rule without tags and paths still says something, unless only paths are asked for', () => {
		const byTags = adapter.requests([change('7', { tags: ['other'] })], at()).length > 0;
		const sent = adapter.requests([change('7')], at());
		expect(sent.length > 0).toBe(byTags);
		if (byTags && name !== 'webhook') expect(JSON.stringify(sent)).toContain('articles-7');
	});

	test('the test of a target makes a request', () => {
		const asked = change('test', { collection: 'downstream', event: 'test', tags: ['downstream-test'] });
		expect(adapter.requests([asked], at())).toHaveLength(1);
	});

	test('no request that is shown has the key in it', () => {
		const { credentialHeaders } = adapter;
		for (const request of adapter.requests([change('7', { tags: ['a'], paths: ['/a'] })], at())) {
			// As if the target's own secrets were not known: what is a credential by its place is hidden all the same.
			const shown = showRequest({ ...request, ...(credentialHeaders ? { credentialHeaders } : {}) }, []);
			expect(JSON.stringify(shown)).not.toContain(KEY);
		}
	});
});

test.each(samples)('$name: an option that has no default is asked for, and nothing else', ({ name, setups }) => {
	const needed = adapters[name].options.safeParse({}).error?.issues.flatMap(({ path }) => path) ?? [];
	for (const given of setups) expect(Object.keys(given)).toEqual(expect.arrayContaining(needed));
});

/** Those of the Studio besides English. */
const LANGUAGES = readdirSync(new URL('../src/modules/words/', import.meta.url), { withFileTypes: true })
	.filter((entry) => entry.isDirectory() && entry.name !== 'en-US')
	.map(({ name }) => name);

test.each(samples)('$name says what it and every option is for, in every language', ({ name }) => {
	const { options, description, icon, words } = adapters[name];
	for (const [option, schema] of Object.entries(options.shape))
		expect(schema.meta()?.description, option).toMatch(/\w.*\.$/s);
	expect(description).toMatch(/\w.*\.$/s);
	expect(icon).toMatch(/^[a-z_]+$/);
	for (const language of LANGUAGES) {
		const translated = words[language];
		expect(Object.keys(translated?.options ?? {}), language).toEqual(Object.keys(options.shape));
		for (const said of [translated?.description, ...Object.values(translated?.options ?? {})])
			expect(said, language).toMatch(/\w.*\.$/s);
	}
});

test('adapters are described in the language that is asked for, or in English', () => {
	const zone = (language?: string) => {
		const cloudflare = describeAdapters(language).find(({ name }) => name === 'cloudflare');
		const options = cloudflare?.options['properties'] as Record<string, { description: string }> | undefined;
		return [cloudflare?.description, options?.['zone']?.description];
	};
	expect(zone('nl-NL')).toEqual(zone('nl-BE'));
	expect(zone('nl-NL')[0]).toContain('zone van Cloudflare');
	expect(zone('nl-NL')[1]).toContain('Het ID van de zone');
	for (const language of [undefined, 'en-US', 'pt-BR', '']) expect(zone(language)[1]).toContain("The zone's ID");
});
