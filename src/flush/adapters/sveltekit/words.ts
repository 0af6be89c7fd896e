import type { Adapter } from '../adapter.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Stuurt de wijzigingen, ondertekend, naar een endpoint van een SvelteKit-site, die de pagina’s van hun tags en paden uit de cache gooit (zie examples/sveltekit).',
		options: {},
	},
	'fr-FR': {
		description:
			'Envoie les modifications, signées, à une route d’un site SvelteKit, qui retire de son cache les pages qui correspondent à leurs tags et chemins (voir examples/sveltekit).',
		options: {},
	},
	'de-DE': {
		description:
			'Sendet die Änderungen signiert an einen Endpunkt einer SvelteKit-Website, der die Seiten ihrer Tags und Pfade aus dem Cache verwirft (siehe examples/sveltekit) (siehe examples/sveltekit).',
		options: {},
	},
};
