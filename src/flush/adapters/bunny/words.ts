import type { AdapterWords } from '../adapter.js';
import { dutchBaseUrl, dutchMapTags } from '../cdn-options.js';

export const dutch: AdapterWords = {
	description:
		'Verwijdert tags, en de URL’s van paden, uit een pull zone van bunny.net. De API-sleutel is die van het account.',
	options: {
		pull_zone: 'Het ID van de pull zone: het getal in het adres van de pagina ervan.',
		map_tags: dutchMapTags,
		base_url: dutchBaseUrl('de API van bunny.net'),
	},
};
