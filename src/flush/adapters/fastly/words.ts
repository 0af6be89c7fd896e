import type { Adapter } from '../adapter.js';
import { baseUrlIn, mapTagsIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verwijdert tags (surrogate keys), en de URL’s van paden, uit een service van Fastly. De API-sleutel is een token met de scope purge_select.',
		options: {
			service: 'Het ID van de service, op de pagina van de service.',
			soft: 'Verwijdert pagina’s niet, maar merkt ze als verouderd: ze worden getoond tot er een verse is.',
			map_tags: mapTagsIn['nl-NL'],
			base_url: baseUrlIn['nl-NL']('de API van Fastly'),
		},
	},
};
