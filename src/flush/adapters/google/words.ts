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
	'fr-FR': {
		description:
			'Invalide des tags de cache, et des chemins, d’un mappage d’URL. La clé API est le fichier JSON d’une clé de compte de service.',
		options: {
			project: 'L’ID du projet.',
			url_map: 'Le nom du mappage d’URL de l’équilibreur de charge.',
			map_tags: mapTagsIn['fr-FR'],
			base_url: baseUrlIn['fr-FR']('l’API Compute Engine'),
			token_url: baseUrlIn['fr-FR']('le serveur OAuth de Google'),
		},
	},
	'de-DE': {
		description:
			'Invalidiert Cache-Tags und Pfade einer URL-Zuordnung (URL map). Der API-Schlüssel ist die JSON-Datei eines Dienstkontoschlüssels.',
		options: {
			project: 'Die ID des Projekts.',
			url_map: 'Der Name der URL-Zuordnung des Load Balancers.',
			map_tags: mapTagsIn['de-DE'],
			base_url: baseUrlIn['de-DE']('die API von Compute Engine'),
			token_url: baseUrlIn['de-DE']('der OAuth-Server von Google'),
		},
	},
};
