import { expect } from 'vitest';
import { expectList, type Setups, type Within } from './limits.js';
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

/** Every way to set it up, with the options that need saying. */
export const setups: Setups = [{}];

/** What one request carries, within what the documentation allows. */
export const within: Within = ({ body }) => {
	const tags = (JSON.parse(body ?? '') as { tags?: string[] }[]).flatMap((entry) => entry.tags ?? []);
	expectList(tags, { most: 128, longest: Infinity, shape: /^/, mayBeEmpty: true });
	for (const tag of tags) expect(tag.length).toBeLessThanOrEqual(256);
};
