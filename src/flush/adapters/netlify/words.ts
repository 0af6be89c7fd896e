import type { Adapter } from '../adapter.js';
import { baseUrlIn, mapTagsIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verwijdert cachetags van een site bij Netlify; paden worden niet gebruikt. De API-sleutel is een personal access token.',
		options: {
			site: 'Het ID van de site, of de naam: my-site van my-site.netlify.app.',
			map_tags: mapTagsIn['nl-NL'],
			base_url: baseUrlIn['nl-NL']('de API van Netlify'),
		},
	},
	'fr-FR': {
		description:
			'Purge des tags de cache d’un site Netlify ; les chemins ne sont pas utilisés. La clé API est un jeton d’accès personnel.',
		options: {
			site: 'L’ID du site, ou son nom : my-site pour my-site.netlify.app.',
			map_tags: mapTagsIn['fr-FR'],
			base_url: baseUrlIn['fr-FR']('l’API de Netlify'),
		},
	},
	'de-DE': {
		description:
			'Leert den Cache einer Netlify-Website nach Tags; Pfade bleiben unbeachtet. Der API-Schlüssel ist ein Personal Access Token.',
		options: {
			site: 'Die ID der Website oder ihr Name: my-site bei my-site.netlify.app.',
			map_tags: mapTagsIn['de-DE'],
			base_url: baseUrlIn['de-DE']('die API von Netlify'),
		},
	},
};
