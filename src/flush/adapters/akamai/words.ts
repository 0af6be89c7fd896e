import type { Adapter } from '../adapter.js';
import { mapTagsIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verwijdert cachetags, en de URL’s van paden, met Fast Purge. De API-sleutel is wat in het .edgerc van een API-client staat: client_token, access_token en client_secret.',
		options: {
			host: 'De host van de API-client, een regel van het .edgerc: akab-….luna.akamaiapis.net.',
			network: 'Van wie de cache is.',
			delete:
				'Verwijdert pagina’s in plaats van ze als verouderd te merken: dan is er niets te tonen als de origin er niet is.',
			map_tags: mapTagsIn['nl-NL'],
			base_url:
				'Waar de API van Akamai antwoordt, als dat niet op host is. Alleen te wijzigen voor een proxy of een test.',
		},
	},
};
