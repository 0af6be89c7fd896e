/** Made by `npm run docs` of the folders in `src/flush/adapters`: not to be edited. */
export const ADAPTERS = ['webhook', 'cloudflare', 'fastly', 'netlify', 'nextjs', 'varnish', 'vercel'] as const;
export type AdapterName = (typeof ADAPTERS)[number];
