import type { Adapter } from '../adapter.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Stuurt de wijzigingen, ondertekend, naar een API-route van een Astro-site, die de pagina’s van hun tags en paden uit de cache gooit (zie examples/astro).',
		options: {},
	},
	'fr-FR': {
		description:
			'Envoie les modifications, signées, à une route d’API d’un site Astro, qui retire de son cache les pages qui correspondent à leurs tags et chemins (voir examples/astro).',
		options: {},
	},
	'de-DE': {
		description:
			'Sendet die Änderungen signiert an eine API-Route einer Astro-Website, die die Seiten ihrer Tags und Pfade aus dem Cache verwirft (siehe examples/astro) (siehe examples/astro).',
		options: {},
	},
};
