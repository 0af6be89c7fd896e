import type { AdapterName } from '../../contract/adapter-names.js';
import type { Adapter } from './adapter.js';
import { adapter as webhook } from './webhook/adapter.js';
import { adapter as akamai } from './akamai/adapter.js';
import { adapter as astro } from './astro/adapter.js';
import { adapter as azure } from './azure/adapter.js';
import { adapter as bunny } from './bunny/adapter.js';
import { adapter as cloudflare } from './cloudflare/adapter.js';
import { adapter as cloudfront } from './cloudfront/adapter.js';
import { adapter as fastly } from './fastly/adapter.js';
import { adapter as google } from './google/adapter.js';
import { adapter as netlify } from './netlify/adapter.js';
import { adapter as nextjs } from './nextjs/adapter.js';
import { adapter as nginx } from './nginx/adapter.js';
import { adapter as nuxt } from './nuxt/adapter.js';
import { adapter as sveltekit } from './sveltekit/adapter.js';
import { adapter as varnish } from './varnish/adapter.js';
import { adapter as vercel } from './vercel/adapter.js';

/** Made by `npm run docs` of the folders in `src/flush/adapters`: not to be edited. */
export const adapters: Record<AdapterName, Adapter> = {
	webhook,
	akamai,
	astro,
	azure,
	bunny,
	cloudflare,
	cloudfront,
	fastly,
	google,
	netlify,
	nextjs,
	nginx,
	nuxt,
	sveltekit,
	varnish,
	vercel,
};
