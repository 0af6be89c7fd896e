/**
 * The plain way, for the bench: after each mutation, the hook reads the changed items and posts them to one target after
 * the other. Its targets are in `inline-targets.json` of the project: `{ "collection", "fields", "urls" }`.
 */
import { readFile } from 'node:fs/promises';

export default ({ action }, { database, logger }) => {
	const onAction = (event) => async (meta) => {
		const settings = await readFile('inline-targets.json', 'utf8').then(JSON.parse, () => null);
		if (settings?.collection !== meta.collection) return;
		const keys = meta.keys ?? [meta.key];
		const rows =
			event === 'delete'
				? keys.map((id) => ({ id }))
				: await database(meta.collection).select(settings.fields).whereIn('id', keys);
		const body = JSON.stringify(
			rows.map((fields) => ({ collection: meta.collection, event, fields, timestamp: Date.now() })),
		);
		for (const url of settings.urls) {
			try {
				const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
				await answer.text();
			} catch (error) {
				logger.error(`[inline] ${url}: ${error.message}`);
			}
		}
	};
	action('items.create', onAction('create'));
	action('items.update', onAction('update'));
	action('items.delete', onAction('delete'));
};
