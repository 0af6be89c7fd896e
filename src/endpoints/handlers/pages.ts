import { RequestError } from '../request-error.js';
import type { Handler } from '../respond.js';

export const pages: Handler<'pages'> = async ({ input: { collection, item, limit, page }, runtime }) => {
	const found = await runtime.pages.showing(collection, [item]);
	return {
		data: found.slice((page - 1) * limit, page * limit).map(({ path, seenAt, certain }) => ({
			path,
			seen_at: new Date(seenAt).toISOString(),
			certain,
		})),
		meta: { total: found.length, limit, page },
	};
};

export const reportPages: Handler<'reportPages'> = async ({ input, runtime }) => {
	if (!runtime.pages.takes())
		throw new RequestError(
			429,
			'REQUESTS_EXCEEDED',
			'too many reports: send up to 100 pages in one, and fewer in a second',
		);
	const reported = input.pages.map(({ path, tags, read_at: readAt }) => ({ path, tags, readAt }));
	return { data: { kept: await runtime.pages.report(reported) } };
};
