import { readItems } from '@directus/sdk';

export const load = async ({ locals }) => ({
	articles: await locals.directus.request(
		readItems('articles', { fields: ['id', 'title'], sort: ['title'], limit: -1 }),
	),
	madeAt: new Date().toISOString(),
});
