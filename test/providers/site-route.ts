import { expect } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { Within } from './limits.js';
import { SECRET } from './nextjs.js';
import { serve, type Provider } from './serve.js';

/** A route of a site that drops what it is told of: 401 without a signature that fits. */
export function start(): Promise<Provider> {
	const purged: string[] = [];
	return serve(purged, ({ method, headers, body }) => {
		if (method !== 'POST') return { status: 405 };
		try {
			const changes = new Webhook(SECRET).verify(body, headers as Record<string, string>) as {
				tags?: string[];
				paths?: string[];
			}[];
			purged.push(...changes.flatMap(({ tags = [], paths = [] }) => [...tags, ...paths]));
			return { status: 204 };
		} catch {
			return { status: 401, body: { error: 'signature' } };
		}
	});
}

/** Every change says what to drop. */
export const within: Within = ({ body }) => {
	for (const { tags = [], paths = [] } of JSON.parse(body ?? '') as { tags?: string[]; paths?: string[] }[])
		expect(tags.length + paths.length).toBeGreaterThan(0);
};
