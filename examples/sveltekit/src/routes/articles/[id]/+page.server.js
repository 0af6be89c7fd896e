import { readItem } from '@directus/sdk';
import { error } from '@sveltejs/kit';

export async function load({ locals, params }) {
	const fields = ['title', { author: ['id', 'name'] }];
	const article = await locals.directus.request(readItem('articles', params.id, { fields })).catch(() => null);
	if (!article) error(404, 'There is no such article');
	return { article, madeAt: new Date().toISOString() };
}
