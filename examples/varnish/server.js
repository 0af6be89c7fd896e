import { createDirectus, readItem, readItems, rest, staticToken } from '@directus/sdk';
import { collectTags } from 'directus-extension-downstream/client';
import express from 'express';

const { DIRECTUS_URL, DIRECTUS_TOKEN, PORT = 3000 } = process.env;
const app = express();

/** A page that Varnish keeps until something that it shows changes. */
const page = (path, render) =>
	app.get(path, async (request, response) => {
		const read = collectTags({ shared: true });
		const directus = createDirectus(DIRECTUS_URL, { globals: { fetch: read.fetch } })
			.with(staticToken(DIRECTUS_TOKEN))
			.with(rest());
		const body = await render(directus, request.params);
		response.set({ 'Cache-Control': 's-maxage=604800', ...read.headers('varnish') });
		response.send(`<!doctype html>${body}<p>made at ${new Date().toISOString()}</p>`);
	});

page('/', async (directus) => {
	const articles = await directus.request(
		readItems('articles', { fields: ['id', 'title'], sort: ['title'], limit: -1 }),
	);
	return articles.map(({ id, title }) => `<a href="/articles/${id}">${escape(title)}</a>`).join('<br>');
});

page('/articles/:id', async (directus, { id }) => {
	const article = await directus.request(readItem('articles', id, { fields: ['title', 'author.id', 'author.name'] }));
	return `<h1>${escape(article.title)}</h1><p>by ${escape(article.author?.name)}</p>`;
});

const escape = (text) => String(text ?? '').replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

app.listen(PORT, () => console.log(`http://localhost:${PORT}`));
