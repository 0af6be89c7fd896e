import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { publish, settled } from './flush-target.js';

describe.each(directusVersions())('saves that Directus refuses, on Directus %s', (version) => {
	let directus: Directus;
	let receiver: Receiver;

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({ version, database: 'sqlite', content: true });
	});
	afterAll(async () => {
		await directus?.stop();
		await receiver?.stop();
	});

	it('take nothing from what a deletion after them has to tell', async () => {
		const rules = ['articles', 'articles_translations'].map((collection) => ({
			collection,
			events: ['delete'],
			payload: ['id'],
		}));
		const target = await publish(directus, { url: receiver.url, schema: rules });
		const { id } = await directus.data<{ id: number }>('POST', '/items/articles', {
			title: 'with a translation',
			translations: [{ title: 'vertaald' }],
		});
		const refused = directus.request('PATCH', `/items/articles/${id}`, { author: 999_999 });
		await expect(refused).rejects.toMatchObject({ status: 400 });
		await directus.request('DELETE', `/items/articles/${id}`);
		const sent = await settled(directus, target, 2);
		expect(sent.map(({ collection, event }) => `${collection} ${event}`).toSorted()).toEqual([
			'articles delete',
			'articles_translations delete',
		]);
	});
});
