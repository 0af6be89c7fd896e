import { Webhook } from 'standardwebhooks';
import { serve, type Provider } from './serve.js';

export const SECRET = `whsec_${Buffer.from('a secret of 24 bytes or more').toString('base64')}`;

/** A route of a Next.js site: 401 without a signature that fits, and the limits of `revalidateTag` in force. */
export function start(): Promise<Provider> {
	const purged: string[] = [];
	return serve(purged, ({ method, headers, body }) => {
		if (method !== 'POST') return { status: 405 };
		let changes: { tags?: string[]; paths?: string[] }[];
		try {
			changes = new Webhook(SECRET).verify(body, headers as Record<string, string>) as typeof changes;
		} catch {
			return { status: 401, body: { error: 'signature' } };
		}
		const tags = changes.flatMap((change) => change.tags ?? []);
		if (tags.length > 128 || tags.some((tag) => tag.length > 256)) return { status: 400, body: { error: 'tags' } };
		purged.push(...tags, ...changes.flatMap((change) => change.paths ?? []));
		return { status: 200, body: { revalidated: tags.length } };
	});
}
