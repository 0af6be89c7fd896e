import { readItem } from '@directus/sdk';

export default defineEventHandler(async (event) => {
	const id = getRouterParam(event, 'id') ?? '';
	const article = await directusFor(event)
		.request(readItem('articles', id, { fields: ['title', { author: ['id', 'name'] }] }))
		.catch(() => null);
	if (!article) throw createError({ status: 404, message: 'There is no such article' });
	return { article, madeAt: new Date().toISOString() };
});
