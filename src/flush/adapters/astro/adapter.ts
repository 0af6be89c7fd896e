import { siteRoute } from '../site-route.js';
import { words } from './words.js';

export const adapter = siteRoute({
	name: 'astro',
	title: 'Astro',
	icon: 'rocket_launch',
	words,
	description:
		'Posts the changes, signed, to an API route of an Astro site, which drops the pages of their tags and paths from its cache (see examples/astro).',
});
