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
	'fr-FR': {
		description:
			'Purge des tags (surrogate keys), et les URL des chemins, d’un service Fastly. La clé API est un jeton de portée purge_select.',
		options: {
			service: 'L’ID du service, sur la page du service.',
			soft: 'Marque les pages comme périmées au lieu de les supprimer : elles sont servies jusqu’à ce qu’une nouvelle soit prête.',
			map_tags: mapTagsIn['fr-FR'],
			base_url: baseUrlIn['fr-FR']('l’API de Fastly'),
		},
	},
	'de-DE': {
		description:
			'Leert den Cache eines Fastly-Service, nach Tags (Surrogate Keys) und nach den URLs von Pfaden. Der API-Schlüssel ist ein Token mit dem Scope purge_select.',
		options: {
			service: 'Die ID des Service, auf dessen Seite.',
			soft: 'Entfernt Seiten nicht, sondern markiert sie als veraltet: Sie werden ausgeliefert, bis es eine neue gibt.',
			map_tags: mapTagsIn['de-DE'],
			base_url: baseUrlIn['de-DE']('die API von Fastly'),
		},
	},
};
