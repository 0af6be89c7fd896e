import type { Adapter } from '../adapter.js';
import { baseUrlIn, mapTagsIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verklaart cachetags, en paden, van een URL map ongeldig. De API-sleutel is het JSON-bestand van een sleutel van een serviceaccount.',
		options: {
			project: 'Het ID van het project.',
			url_map: 'De naam van de URL map van de load balancer.',
			map_tags: mapTagsIn['nl-NL'],
			base_url: baseUrlIn['nl-NL']('de API van Compute Engine'),
			token_url: baseUrlIn['nl-NL']('de OAuth-server van Google'),
		},
	},
};
