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
	'fr-FR': {
		description: 'Invalide des tags de cache sur le réseau de Vercel, ou régénère les pages ISR des chemins.',
		options: {
			by: 'tags : invalide des tags de cache par l’API de Vercel ; la clé API est un jeton d’accès Vercel. paths : régénère les pages ISR des chemins ; la clé API est le jeton de contournement avec lequel le site a été compilé (au moins 32 caractères).',
			project: 'L’ID ou le nom du projet. Non utilisé avec paths.',
			team: 'L’ID (team_…) ou le slug de l’équipe, si le projet appartient à une équipe.',
			environment: 'L’environnement dont le cache est purgé : production ou préversions.',
			delete:
				'Supprime tout de suite : le visiteur suivant attend la page, au lieu de voir l’ancienne une dernière fois.',
			base_url: baseUrlIn['fr-FR']('l’API de Vercel'),
		},
	},
	'de-DE': {
		description: 'Invalidiert Cache-Tags im Netzwerk von Vercel oder rendert die ISR-Seiten von Pfaden neu.',
		options: {
			by: 'tags: invalidiert Cache-Tags über die API von Vercel; api_key ist ein Access Token von Vercel. paths: rendert die ISR-Seiten der Pfade neu; api_key ist das Bypass-Token, mit dem die Website gebaut wurde (mindestens 32 Zeichen).',
			project: 'Die ID oder der Name des Projekts. Bei paths nicht verwendet.',
			team: 'Die ID (team_…) oder der Slug des Teams, falls das Projekt zu einem gehört.',
			environment: 'Wessen Cache geleert wird: der der Produktion oder der von Vorschauen.',
			delete:
				'Löscht sofort, sodass der nächste Besucher auf die Seite wartet, statt die alte Seite ein letztes Mal auszuliefern.',
			base_url: baseUrlIn['de-DE']('die API von Vercel'),
		},
	},
};
