import { createDirectus, readItem, readItems, rest, staticToken } from '@directus/sdk';
import { collectTags, reportPages } from 'directus-extension-downstream/client';
import express from 'express';

const { DIRECTUS_URL, DIRECTUS_TOKEN, DOWNSTREAM_PAGES_TOKEN, PORT = 3000 } = process.env;
const pages = reportPages({ url: DIRECTUS_URL, token: DOWNSTREAM_PAGES_TOKEN });
const app = express();

/** A page that nginx keeps until something that it shows changes: Directus is told which page was made from what. */
const page = (path, render) =>
	app.get(path, async (request, response) => {
		const read = collectTags({ shared: true });
		const directus = createDirectus(DIRECTUS_URL, { globals: { fetch: read.fetch } })
			.with(staticToken(DIRECTUS_TOKEN))
			.with(rest());
		const body = await render(directus, request.params);
		const isKnown = await pages.report(request.originalUrl, read);
		response.set('Cache-Control', isKnown ? 's-maxage=604800' : 'private, no-store');
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
