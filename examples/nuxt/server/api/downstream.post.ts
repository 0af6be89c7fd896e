import { Webhook } from 'standardwebhooks';

type Change = { tags?: string[]; paths?: string[] };

export default defineEventHandler(async (event) => {
	let changes: Change[];
	try {
		const body = (await readRawBody(event)) ?? '';
		const headers = getRequestHeaders(event) as Record<string, string>;
		changes = new Webhook(process.env.DOWNSTREAM_SIGNING_SECRET ?? '').verify(body, headers) as Change[];
	} catch {
		throw createError({ status: 401, message: 'the signature does not fit DOWNSTREAM_SIGNING_SECRET' });
	}
	const tags = changes.flatMap((change) => change.tags ?? []);
	const paths = changes.flatMap((change) => change.paths ?? []);
	pages.purge({ tags, paths });
	return { tags: tags.length, paths: paths.length };
});
