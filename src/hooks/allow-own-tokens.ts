import { bearerOf, isSameSecret } from '../kernel/core/same-secret.js';
import type { Started } from '../app/start.js';
import type { Events } from './events.js';

/**
 * Directus turns a bearer token away that is none of its own, before any endpoint is asked. A request with one of ours, for
 * metrics or for pages, goes on as anonymous, with a mark that makes Directus take this for the answer; the endpoint checks
 * the token.
 */
export function allowOwnTokens({ filter }: Events, { runtime }: Started): void {
	const { DOWNSTREAM_METRICS_TOKEN: metrics, DOWNSTREAM_PAGES_TOKEN: pages } = runtime.environment;
	const tokens = new Map([
		['/downstream/metrics', metrics],
		['/downstream/pages', pages],
	]);
	if (metrics === undefined && pages === undefined) return;
	filter('authenticate', (nobody: unknown, { req }: Record<string, unknown>) => {
		const { path, headers } = req as { path: string; headers: { authorization?: string } };
		const token = tokens.get(path);
		const given = token === undefined ? null : bearerOf(headers.authorization);
		return given !== null && isSameSecret(given, token ?? '') ? { ...(nobody as object), downstream: path } : nobody;
	});
}
