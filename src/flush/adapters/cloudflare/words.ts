import type { Adapter } from '../adapter.js';
import { baseUrlIn, mapTagsIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verwijdert tags, en de URL’s van paden, uit een zone van Cloudflare. De API-sleutel is een API-token met het recht Cache Purge.',
		options: {
			zone: 'Het ID van de zone: 32 hexadecimale cijfers, op de overzichtspagina van de zone.',
			plan: 'Het abonnement van de zone. Het bepaalt hoeveel verwijderingen per seconde Cloudflare aanneemt.',
			map_tags: mapTagsIn['nl-NL'],
			base_url: baseUrlIn['nl-NL']('de API van Cloudflare'),
		},
	},
	'fr-FR': {
		description:
			'Purge des tags, et les URL des chemins, d’une zone Cloudflare. La clé API est un jeton d’API avec l’autorisation Cache Purge.',
		options: {
			zone: 'L’ID de la zone : 32 chiffres hexadécimaux, sur la page de présentation de la zone.',
			plan: 'L’offre de la zone. Elle détermine combien de purges par seconde Cloudflare accepte.',
			map_tags: mapTagsIn['fr-FR'],
			base_url: baseUrlIn['fr-FR']('l’API de Cloudflare'),
		},
	},
	'de-DE': {
		description:
			'Leert den Cache einer Cloudflare-Zone, nach Tags und nach den URLs von Pfaden. Der API-Schlüssel ist ein API-Token mit der Berechtigung Cache Purge.',
		options: {
			zone: 'Die ID der Zone: 32 Hexadezimalziffern, auf der Übersichtsseite der Zone.',
			plan: 'Der Tarif der Zone. Er bestimmt, wie oft pro Sekunde Cloudflare geleert werden kann.',
			map_tags: mapTagsIn['de-DE'],
			base_url: baseUrlIn['de-DE']('die API von Cloudflare'),
		},
	},
};
