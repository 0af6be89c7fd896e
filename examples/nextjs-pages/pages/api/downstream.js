import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** The signature is of the body as it came. */
export const config = { api: { bodyParser: false } };

export default async function handler(request, response) {
	let changes;
	try {
		changes = new Webhook(process.env.DOWNSTREAM_SIGNING_SECRET).verify(await text(request), request.headers);
	} catch {
		return response.status(401).json({ error: 'the signature does not fit DOWNSTREAM_SIGNING_SECRET' });
	}
	const paths = [...new Set(changes.flatMap((change) => change.paths ?? []))];
	const made = await Promise.allSettled(paths.map((path) => response.revalidate(path)));
	// Downstream tries again what it is told has failed.
	const failed = paths.filter((_, index) => made[index].status === 'rejected');
	return response.status(failed.length > 0 ? 500 : 200).json({ paths: paths.length, failed });
}
