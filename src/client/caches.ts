/** What a cache reads tags from, and how many it keeps with one response. More than these it drops without a word. */
export interface CacheLimits {
	header: string;
	separator: string;
	tags: number;
	/** Of the header's value. */
	bytes: number;
	/** Characters of one tag. */
	length: number;
}

const limits = (
	header: string,
	tags: number,
	bytes: number,
	{ separator = ',', length = 256 }: { separator?: string; length?: number } = {},
): CacheLimits => ({ header, separator, tags, bytes, length });

/** By the names of the adapters, as their documentation had it in November 2026. */
export const CACHES: {
	[
		name in
			| 'akamai'
			| 'bunny'
			| 'cloudflare'
			| 'cloudfront'
			| 'fastly'
			| 'google'
			| 'netlify'
			| 'nextjs'
			| 'varnish'
			| 'vercel'
	]: CacheLimits;
} = {
	/** https://techdocs.akamai.com/purge-cache/docs/purge-content-cache-tag */
	akamai: limits('Edge-Cache-Tag', 128, 8192, { length: 128 }),
	/** 1,024 bytes in all (https://docs.bunny.net/cdn/purge-cache). */
	bunny: limits('CDN-Tag', 500, 1024),
	/** 16 KB or 1,000 tags (https://developers.cloudflare.com/cache/how-to/purge-cache/purge-by-tags/). */
	cloudflare: limits('Cache-Tag', 1000, 16384),
	/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-tags.html */
	cloudfront: limits('x-amz-meta-cache-tag', 50, 8192),
	fastly: limits('Surrogate-Key', 1000, 16384, { separator: ' ' }),
	google: limits('Cache-Tag', 50, 4096, { length: 120 }),
	netlify: limits('Netlify-Cache-Tag', 500, 8192),
	/** Of `cacheTag()`; it has no header. */
	nextjs: limits('', 128, 65536),
	/** A header line is 8192 bytes at most, its name and its end included. */
	varnish: limits('xkey', 1000, 8184, { separator: ' ' }),
	vercel: limits('Vercel-Cache-Tag', 128, 8192),
};

export type CacheName = keyof typeof CACHES;
