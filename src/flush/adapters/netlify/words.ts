import type { AdapterWords } from '../adapter.js';
import { dutchMapTags, dutchBaseUrl } from '../cdn-options.js';

export const dutch: AdapterWords = {
	description:
		'Verwijdert cachetags van een site bij Netlify; paden worden niet gebruikt. De API-sleutel is een personal access token.',
	options: {
		site: 'Het ID van de site, of de naam: my-site van my-site.netlify.app.',
		map_tags: dutchMapTags,
		base_url: dutchBaseUrl('de API van Netlify'),
	},
};
