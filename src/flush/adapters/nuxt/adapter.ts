import { siteRoute } from '../site-route.js';
import { words } from './words.js';

export const adapter = siteRoute({
	name: 'nuxt',
	title: 'Nuxt',
	icon: 'landscape',
	words,
	description:
		'Posts the changes, signed, to a server route of a Nuxt site, which drops the cached routes and functions of their tags and paths (see examples/nuxt).',
});
