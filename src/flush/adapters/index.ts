import type { AdapterName } from '../../contract/adapter-names.js';
import type { Adapter } from './adapter.js';
import { adapter as webhook } from './webhook/adapter.js';
import { adapter as cloudflare } from './cloudflare/adapter.js';
import { adapter as fastly } from './fastly/adapter.js';
import { adapter as netlify } from './netlify/adapter.js';
import { adapter as nextjs } from './nextjs/adapter.js';
import { adapter as varnish } from './varnish/adapter.js';
import { adapter as vercel } from './vercel/adapter.js';

/** Made by `npm run docs` of the folders in `src/flush/adapters`: not to be edited. */
export const adapters: Record<AdapterName, Adapter> = { webhook, cloudflare, fastly, netlify, nextjs, varnish, vercel };
