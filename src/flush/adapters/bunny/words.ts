import type { Adapter } from '../adapter.js';
import { baseUrlIn, mapTagsIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verwijdert tags, en de URL’s van paden, uit een pull zone van bunny.net. De API-sleutel is die van het account.',
		options: {
			pull_zone: 'Het ID van de pull zone: het getal in het adres van de pagina ervan.',
			map_tags: mapTagsIn['nl-NL'],
			base_url: baseUrlIn['nl-NL']('de API van bunny.net'),
		},
	},
	'fr-FR': {
		description:
			'Purge des tags, et les URL des chemins, d’une pull zone de bunny.net. La clé API est celle du compte.',
		options: {
			pull_zone: 'L’ID de la pull zone : le nombre dans l’adresse de sa page.',
			map_tags: mapTagsIn['fr-FR'],
			base_url: baseUrlIn['fr-FR']('l’API de bunny.net'),
		},
	},
	'de-DE': {
		description:
			'Leert den Cache einer Pull Zone von bunny.net, nach Tags und nach den URLs von Pfaden. Der API-Schlüssel ist der des Kontos.',
		options: {
			pull_zone: 'Die ID der Pull Zone: die Zahl in der Adresse ihrer Seite.',
			map_tags: mapTagsIn['de-DE'],
			base_url: baseUrlIn['de-DE']('die API von bunny.net'),
		},
	},
};
