import type { AdapterName } from '../../contract/vocabulary.js';
import type { Adapter } from './adapter.js';
import { cloudflare } from './cloudflare.js';
import { fastly } from './fastly.js';
import { netlify } from './netlify.js';
import { nextjs } from './nextjs.js';
import { varnish } from './varnish.js';
import { vercel } from './vercel.js';
import { webhook } from './webhook.js';

/** Every adapter by the name that a target's `adapter` field holds. */
export const adapters: Record<AdapterName, Adapter> = { webhook, nextjs, cloudflare, fastly, vercel, netlify, varnish };
