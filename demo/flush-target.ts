/** What the storefront wants to hear of: nobody writes a rule. */

/** The path of the storefront's route that takes flushes. */
export const FLUSH_PATH = '/flush';

/** Signs what Directus sends. For this machine only, like every key of the demo. */
export const SIGNING_SECRET = `whsec_${Buffer.from('the demo of downstream, local!!!').toString('base64')}`;

/**
 * The item of `cache_flush_targets`, but for its URL: a change sends the tags of the reads that it makes out of date
 * (docs/pages.md). Retries are quick, as nobody wants to wait long here.
 */
export const FLUSH_TARGET = {
	name: 'Storefront',
	status: 'published',
	adapter: 'webhook',
	auth_header: 'no-auth',
	signing_secret: SIGNING_SECRET,
	schema: [],
	options: { tags: 'automatic', max_wait_ms: 20, retry: { tries: 10, min_ms: 500, max_ms: 2000 } },
};
