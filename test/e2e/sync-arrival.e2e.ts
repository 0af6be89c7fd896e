import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { link, quiet } from './sync-link.js';

const FIELDS = ['title', 'slug', 'status', 'translations'];

interface Article {
	id: number;
	title: string;
	status: string;
	translations: { languages_code: string }[];
}
interface Comparison {
	equal: boolean;
	collections: { collection: string; different: { count: number }; not_compared: string[] }[];
}

describe.each(sampledVersions(import.meta.url))('items that arrive, in Directus %s', (version) => {
	let a: Directus;
	let b: Directus;
	let toB: string;
	let toA: string;

	const article = async (of: Directus) => {
		const fields = 'id,title,status,translations.languages_code';
		const [found] = await of.data<Article[]>('GET', `/items/articles?fields=${fields}&filter[slug][_eq]=one`);
		return found as Article;
	};
	const differences = async (of: Directus, source: string) => {
		const { equal, collections } = await of.data<Comparison>('GET', `/downstream/sync/peers/${source}/compare`);
		return { equal, different: collections.map(({ different }) => different.count), collections };
	};

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version, database: 'sqlite', content: true }),
			startDirectus({ version, database: 'sqlite', content: true }),
		]);
		const rule = { collection: 'articles', fields: FIELDS, direction: 'both', match: ['slug'] };
		toB = await link(a, b, [
			{ ...rule, on_arrival: { create: { status: 'review' }, always: { body: 'from a' } }, languages: ['nl-NL'] },
		]);
		toA = await link(b, a, [rule]);
		// Until it has met the other, an instance sends back what arrives: it cannot know yet that this is where it is from.
		await b.request('POST', `/downstream/sync/peers/${toA}/check`, {});
		await a.request('POST', '/items/articles', {
			title: 'one',
			slug: 'one',
			status: 'published',
			body: 'written at a',
			translations: [
				{ languages_code: 'nl-NL', title: 'een' },
				{ languages_code: 'en-US', title: 'one' },
			],
		});
		await quiet(a, b);
	}, 300_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('have the values that the rule gives them, in the languages that it names, and nothing comes back', async () => {
		expect(await article(b)).toMatchObject({ status: 'review', translations: [{ languages_code: 'nl-NL' }] });
		expect(await article(a)).toMatchObject({ status: 'published', translations: { length: 2 } });
		const sent = await b.data<unknown[]>('GET', `/downstream/deliveries?target=${toA}`);
		expect(sent).toEqual([]);
	});

	it('have a status of their own from then on, and all the rest in common', async () => {
		await b.request('PATCH', `/items/articles/${(await article(b)).id}`, { status: 'published', title: 'reviewed' });
		await quiet(b, a);
		await a.request('PATCH', `/items/articles/${(await article(a)).id}`, { status: 'archived' });
		await quiet(a, b);
		expect(await article(a)).toMatchObject({ title: 'reviewed', status: 'archived' });
		expect(await article(b)).toMatchObject({ title: 'reviewed', status: 'published' });
	});

	it('are equal for either side', async () => {
		expect(await differences(a, toB)).toMatchObject({ equal: true, different: [0, 0] });
		const { different, collections } = await differences(b, toA);
		expect(different).toEqual([0, 0]);
		expect(collections.map(({ not_compared: fields }) => fields)).toEqual([[], []]);
	});
});
