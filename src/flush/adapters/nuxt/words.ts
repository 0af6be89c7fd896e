import type { Adapter } from '../adapter.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Stuurt de wijzigingen, ondertekend, naar een serverroute van een Nuxt-site, die de gecachete routes en functies van hun tags en paden weggooit (zie examples/nuxt).',
		options: {},
	},
	'fr-FR': {
		description:
			'Envoie les modifications, signées, à une route serveur d’un site Nuxt, qui retire de son cache les routes et fonctions qui correspondent à leurs tags et chemins (voir examples/nuxt).',
		options: {},
	},
	'de-DE': {
		description:
			'Sendet die Änderungen signiert an eine Server-Route einer Nuxt-Website, die die gecachten Routen und Funktionen ihrer Tags und Pfade verwirft (siehe examples/nuxt) (siehe examples/nuxt).',
		options: {},
	},
};
