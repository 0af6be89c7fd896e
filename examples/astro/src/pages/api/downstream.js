import { Webhook } from 'standardwebhooks';

export async function POST({ request, cache }) {
	let changes;
	try {
		changes = new Webhook(process.env.DOWNSTREAM_SIGNING_SECRET).verify(
			await request.text(),
			Object.fromEntries(request.headers),
		);
	} catch {
		return Response.json({ error: 'the signature does not fit DOWNSTREAM_SIGNING_SECRET' }, { status: 401 });
	}
	const tags = changes.flatMap((change) => change.tags ?? []);
	const paths = changes.flatMap((change) => change.paths ?? []);
	await cache.invalidate({ tags });
	for (const path of paths) await cache.invalidate({ path });
	return Response.json({ tags: tags.length, paths: paths.length });
}
