import type { AdapterWords } from '../adapter.js';
import { dutchBaseUrl, dutchMapTags } from '../cdn-options.js';

export const dutch: AdapterWords = {
	description:
		'Verklaart cachetags, en paden, van een URL map ongeldig. De API-sleutel is het JSON-bestand van een sleutel van een serviceaccount.',
	options: {
		project: 'Het ID van het project.',
		url_map: 'De naam van de URL map van de load balancer.',
		map_tags: dutchMapTags,
		base_url: dutchBaseUrl('de API van Compute Engine'),
		token_url: dutchBaseUrl('de OAuth-server van Google'),
	},
};
