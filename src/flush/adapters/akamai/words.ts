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
	'fr-FR': {
		description:
			'Purge des tags de cache, et les URL des chemins, avec Fast Purge. La clé API est ce que contient le .edgerc d’un client d’API : client_token, access_token et client_secret.',
		options: {
			host: 'L’hôte du client d’API, une ligne de son .edgerc : akab-….luna.akamaiapis.net.',
			network: 'Le réseau dont le cache est purgé.',
			delete:
				'Supprime les pages au lieu de les marquer comme périmées : il n’y a alors plus rien à servir si l’origine est en panne.',
			map_tags: mapTagsIn['fr-FR'],
			base_url:
				'Où répond l’API d’Akamai, si ce n’est pas à l’adresse host. À changer seulement pour un proxy ou un test.',
		},
	},
	'de-DE': {
		description:
			'Leert den Cache mit Fast Purge, nach Cache-Tags und nach den URLs von Pfaden. Der API-Schlüssel ist der Inhalt der .edgerc eines API-Clients: client_token, access_token und client_secret.',
		options: {
			host: 'Der Host des API-Clients, eine Zeile seiner .edgerc: akab-….luna.akamaiapis.net.',
			network: 'Wessen Cache geleert wird.',
			delete:
				'Löscht Seiten, statt sie als veraltet zu markieren: Ist der Origin nicht erreichbar, lässt sich dann nichts mehr ausliefern.',
			map_tags: mapTagsIn['de-DE'],
			base_url:
				'Wo die API von Akamai antwortet, falls nicht unter host. Nur für einen Proxy oder einen Test zu ändern.',
		},
	},
};
