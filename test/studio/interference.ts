import type { Page, Route } from 'playwright-core';
import type { PageState } from './pages.js';

const directusError = (status: number, code: string, message: string) => (route: Route) =>
	route.fulfill({ status, json: { errors: [{ message, extensions: { code } }] } });

/** What happens to requests for data in the states that are no state of the world; null where they are answered. */
const ANSWERS: Record<PageState, ((route: Route) => Promise<void>) | null> = {
	empty: null,
	normal: null,
	failing: null,
	visitor: null,
	// Nobody answers, and nobody says no.
	loading: async () => {},
	error: directusError(500, 'INTERNAL_SERVER_ERROR', 'An unexpected error occurred.'),
	forbidden: directusError(403, 'FORBIDDEN', "You don't have permission to access this."),
	unreachable: (route) => route.abort('connectionrefused'),
};

/** Makes the endpoint, and the targets' collection, answer as this state says; gives what ends it. */
export async function interfere(page: Page, state: PageState): Promise<() => Promise<void>> {
	const answer = ANSWERS[state];
	if (!answer) return async () => {};
	const asked = /^https?:\/\/[^/]+\/(downstream\/|items\/(cache_flush_targets|data_sync_remote_sources))/;
	await page.route(asked, answer);
	return () => page.unroute(asked, answer);
}
