import type { Adapter } from '../adapter.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Stuurt de wijzigingen, ondertekend, naar een route van de site die hun tags en paden ververst (zie examples/nextjs). Elke tag staat één keer in een verzoek, zoals de regel hem schrijft.',
		options: {},
	},
	'fr-FR': {
		description:
			'Envoie les modifications, signées, à une route du site qui revalide leurs tags et chemins (voir examples/nextjs). Chaque tag figure une fois par requête, tel que la règle l’écrit.',
		options: {},
	},
	'de-DE': {
		description:
			'Sendet die Änderungen signiert an eine Route der Website, die deren Tags und Pfade revalidiert (siehe examples/nextjs). Jedes Tag steht in einer Anfrage einmal, wie die Regel es schreibt.',
		options: {},
	},
};
