import { readItems } from '@directus/sdk';

export default defineEventHandler(async (event) => ({
	articles: await directusFor(event).request(
		readItems('articles', { fields: ['id', 'title'], sort: ['title'], limit: -1 }),
	),
	madeAt: new Date().toISOString(),
}));
