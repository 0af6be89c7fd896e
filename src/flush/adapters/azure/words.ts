import type { Adapter } from '../adapter.js';
import { baseUrlIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verwijdert paden van een endpoint van Azure Front Door (Standard of Premium), dat geen tags kent. De API-sleutel is een clientgeheim van de applicatie.',
		options: {
			tenant: 'Het ID van de directory (tenant).',
			client_id: 'Het ID van de applicatie (client) die hiervoor geregistreerd is.',
			subscription: 'Het ID van het abonnement.',
			resource_group: 'De naam van de resourcegroep.',
			profile: 'De naam van het Front Door-profiel.',
			endpoint: 'De naam van het endpoint in dat profiel, niet de hostnaam.',
			domains: 'Van welke eigen domeinen verwijderd wordt. Zonder: dat van het endpoint, en alle eigen domeinen ervan.',
			base_url: baseUrlIn['nl-NL']('Azure Resource Manager'),
			login_url: baseUrlIn['nl-NL']('Microsoft Entra'),
		},
	},
	'fr-FR': {
		description:
			'Purge les chemins d’un point de terminaison d’Azure Front Door (Standard ou Premium), qui ne connaît pas les tags. La clé API est un secret client de l’application.',
		options: {
			tenant: 'L’ID de l’annuaire (locataire).',
			client_id: 'L’ID de l’application (client) inscrite pour cet usage.',
			subscription: 'L’ID de l’abonnement.',
			resource_group: 'Le nom du groupe de ressources.',
			profile: 'Le nom du profil Front Door.',
			endpoint: 'Le nom du point de terminaison dans ce profil, pas son nom d’hôte.',
			domains:
				'Les domaines personnalisés à purger. Par défaut : celui du point de terminaison et tous ses domaines personnalisés.',
			base_url: baseUrlIn['fr-FR']('Azure Resource Manager'),
			login_url: baseUrlIn['fr-FR']('Microsoft Entra'),
		},
	},
	'de-DE': {
		description:
			'Leert den Cache eines Endpunkts von Azure Front Door (Standard oder Premium) nach Pfaden; Tags kennt es nicht. Der API-Schlüssel ist ein geheimer Clientschlüssel der Anwendung.',
		options: {
			tenant: 'Die ID des Verzeichnisses (Mandant).',
			client_id: 'Die ID der Anwendung (Client), die dafür registriert ist.',
			subscription: 'Die ID des Abonnements.',
			resource_group: 'Der Name der Ressourcengruppe.',
			profile: 'Der Name des Front-Door-Profils.',
			endpoint: 'Der Name des Endpunkts in diesem Profil, nicht sein Hostname.',
			domains:
				'Welche benutzerdefinierten Domains geleert werden. Ohne Angabe: die des Endpunkts und alle seine eigenen.',
			base_url: baseUrlIn['de-DE']('Azure Resource Manager'),
			login_url: baseUrlIn['de-DE']('Microsoft Entra'),
		},
	},
};
