import node from '@astrojs/node';
import { defineConfig } from 'astro/config';

export default defineConfig({
	output: 'server',
	adapter: node({ mode: 'standalone' }),
	cache: { provider: { name: 'pages', entrypoint: new URL('./src/page-cache.js', import.meta.url) } },
});
