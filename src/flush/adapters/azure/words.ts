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
};
