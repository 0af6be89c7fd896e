import type { Adapter } from '../adapter.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verwijdert de URL van elk pad uit de cache van nginx (proxy_cache en dergelijke), dat geen tags kent. nginx heeft er een module voor nodig, of NGINX Plus.',
		options: {
			base_url: 'Waar nginx luistert, als dat niet de url van het doel is; de Host-header blijft die van de site.',
		},
	},
	'fr-FR': {
		description:
			'Purge l’URL de chaque chemin du cache de nginx (proxy_cache et similaires), qui ne connaît pas les tags. Il faut pour cela un module de nginx, ou NGINX Plus.',
		options: {
			base_url: 'Où écoute nginx, si ce n’est pas à l’URL de la cible ; l’en-tête Host reste celui du site.',
		},
	},
	'de-DE': {
		description:
			'Leert den Cache von nginx (proxy_cache und Ähnliche) nach den URLs von Pfaden; Tags kennt es nicht. nginx braucht dafür ein Modul oder NGINX Plus.',
		options: {
			base_url: 'Wo nginx lauscht, falls nicht unter der URL des Ziels; der Host-Header bleibt der der Website.',
		},
	},
};
