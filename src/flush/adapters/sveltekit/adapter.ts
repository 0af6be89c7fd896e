import { siteRoute } from '../site-route.js';
import { words } from './words.js';

export const adapter = siteRoute({
	name: 'sveltekit',
	title: 'SvelteKit',
	icon: 'local_fire_department',
	words,
	description:
		'Posts the changes, signed, to an endpoint of a SvelteKit site, which drops the pages of their tags and paths from its cache (see examples/sveltekit).',
});
