import type { AdapterWords } from '../adapter.js';
import { dutchMapTags, dutchBaseUrl } from '../cdn-options.js';

export const dutch: AdapterWords = {
	description:
		'Verwijdert tags (surrogate keys), en de URL’s van paden, uit een service van Fastly. De API-sleutel is een token met de scope purge_select.',
	options: {
		service: 'Het ID van de service, op de pagina van de service.',
		soft: 'Verwijdert pagina’s niet, maar merkt ze als verouderd: ze worden getoond tot er een verse is.',
		map_tags: dutchMapTags,
		base_url: dutchBaseUrl('de API van Fastly'),
	},
};
