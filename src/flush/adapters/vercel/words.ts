import type { Adapter } from '../adapter.js';
import { baseUrlIn } from '../option-words.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Verklaart cachetags ongeldig op het netwerk van Vercel, of rendert de ISR-pagina’s van paden opnieuw.',
		options: {
			by: 'tags: verklaart cachetags ongeldig via de API van Vercel; api_key is een access token van Vercel. paths: rendert de ISR-pagina’s van de paden opnieuw; api_key is het bypass token waarmee de site gebouwd is (minstens 32 tekens).',
			project: 'Het ID of de naam van het project. Niet gebruikt bij paths.',
			team: 'Het ID (team_…) of de slug van het team, als het project bij een team hoort.',
			environment: 'Van wie de cache is: van productie of van voorbeelden.',
			delete:
				'Verwijdert meteen, zodat de volgende bezoeker op de pagina wacht, in plaats van de oude pagina nog één keer te tonen.',
			base_url: baseUrlIn['nl-NL']('de API van Vercel'),
		},
	},
};
