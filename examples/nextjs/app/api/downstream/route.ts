import { revalidatePath, revalidateTag } from 'next/cache';
import { Webhook } from 'standardwebhooks';

type Change = { tags?: string[]; paths?: string[] };

export async function POST(request: Request) {
	const secret = process.env.DOWNSTREAM_SIGNING_SECRET;
	if (!secret) return Response.json({ error: 'DOWNSTREAM_SIGNING_SECRET is not set' }, { status: 500 });
	let changes: Change[];
	try {
		changes = new Webhook(secret).verify(await request.text(), Object.fromEntries(request.headers)) as Change[];
	} catch {
		return Response.json({ error: 'the signature does not fit DOWNSTREAM_SIGNING_SECRET' }, { status: 401 });
	}
	const tags = new Set(changes.flatMap((change) => change.tags ?? []));
	const paths = new Set(changes.flatMap((change) => change.paths ?? []));
	// Expired at once: the next visitor gets the new page, not one last old one.
	for (const tag of tags) revalidateTag(tag, { expire: 0 });
	for (const path of paths) revalidatePath(path);
	return Response.json({ tags: tags.size, paths: paths.size });
}
