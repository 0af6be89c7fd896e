/** Made by `npm run docs` of the folders in `src/flush/adapters`: not to be edited. */
export const ADAPTERS = [
	'webhook',
	'akamai',
	'astro',
	'azure',
	'bunny',
	'cloudflare',
	'cloudfront',
	'fastly',
	'google',
	'netlify',
	'nextjs',
	'nginx',
	'nuxt',
	'sveltekit',
	'varnish',
	'vercel',
] as const;
export type AdapterName = (typeof ADAPTERS)[number];
