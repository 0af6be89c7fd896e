import { json } from '@sveltejs/kit';
import { Webhook } from 'standardwebhooks';
import { pages } from '../../../page-cache.js';

export async function POST({ request }) {
	let changes;
	try {
		changes = new Webhook(process.env.DOWNSTREAM_SIGNING_SECRET).verify(
			await request.text(),
			Object.fromEntries(request.headers),
		);
	} catch {
		return json({ error: 'the signature does not fit DOWNSTREAM_SIGNING_SECRET' }, { status: 401 });
	}
	const tags = changes.flatMap((change) => change.tags ?? []);
	const paths = changes.flatMap((change) => change.paths ?? []);
	pages.purge({ tags, paths });
	return json({ tags: tags.length, paths: paths.length });
}
