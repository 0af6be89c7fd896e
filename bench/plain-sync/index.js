/**
 * The plain way of keeping another instance equal, for the bench: one request per item to its items API, in turn, with
 * the key that the item has here. Where to is in `plain-sync.json` of the project: `{ "collection", "fields", "url",
 * "token" }`; without it, nothing is sent.
 */
import { readFile } from 'node:fs/promises';

export default ({ action }, { database, logger }) => {
	let turn = Promise.resolve();

	const onAction = (event) => async (meta) => {
		const settings = await readFile('plain-sync.json', 'utf8').then(JSON.parse, () => null);
		if (settings?.collection !== meta.collection) return;
		for (const key of meta.keys ?? [meta.key]) turn = turn.then(() => send(event, key, settings));
		await turn;
	};

	async function send(event, key, { collection, fields, url, token }) {
		try {
			const row = event === 'delete' ? null : await database(collection).select(fields).where({ id: key }).first();
			const path = event === 'create' ? `/items/${collection}` : `/items/${collection}/${key}`;
			const answer = await fetch(url + path, {
				method: { create: 'POST', update: 'PATCH', delete: 'DELETE' }[event],
				headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
				body: row ? JSON.stringify(event === 'create' ? { id: key, ...row } : row) : undefined,
			});
			await answer.text();
			if (!answer.ok) logger.error(`[plain-sync] ${event} of ${key} was answered ${answer.status}`);
		} catch (error) {
			logger.error(`[plain-sync] ${event} of ${key}: ${error.message}`);
		}
	}

	action('items.create', onAction('create'));
	action('items.update', onAction('update'));
	action('items.delete', onAction('delete'));
};
