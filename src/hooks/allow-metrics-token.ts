import { bearerOf, isSameSecret } from '../kernel/core/same-secret.js';
import type { Started } from '../app/start.js';
import type { Events } from './events.js';

/**
 * Directus turns a bearer token away that is none of its own, before any endpoint is asked. A request with the metrics
 * token goes on as anonymous, with a mark that makes Directus take this for the answer; the endpoint checks the token.
 */
export function allowMetricsToken({ filter }: Events, { runtime }: Started): void {
	const token = runtime.environment.DOWNSTREAM_METRICS_TOKEN;
	if (token === undefined) return;
	filter('authenticate', (nobody: unknown, { req }: Record<string, unknown>) => {
		const { path, headers } = req as { path: string; headers: { authorization?: string } };
		const given = path === '/downstream/metrics' ? bearerOf(headers.authorization) : null;
		return given !== null && isSameSecret(given, token) ? { ...(nobody as object), downstream: 'metrics' } : nobody;
	});
}
