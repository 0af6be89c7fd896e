import type { Adapter } from '../adapter.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verwijdert de URL van elk pad uit de cache van nginx (proxy_cache en dergelijke), dat geen tags kent. nginx heeft er een module voor nodig, of NGINX Plus.',
		options: {
			base_url: 'Waar nginx luistert, als dat niet de url van het doel is; de Host-header blijft die van de site.',
		},
	},
};
