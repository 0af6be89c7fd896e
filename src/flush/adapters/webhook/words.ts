import type { Adapter } from '../adapter.js';

/** In other languages than English. */
export const words: Adapter['words'] = {
	'nl-NL': {
		description:
			'Stuurt de wijzigingen als JSON-lijst, of zoals het sjabloon ze maakt, naar een URL, ondertekend als het doel een ondertekeningsgeheim heeft.',
		options: {
			method: 'De methode van de verzoeken.',
			query: 'Parameters die aan de URL worden toegevoegd; waarden zijn sjablonen, en `{{secret}}` is de API-sleutel.',
			body: 'Een Liquid-sjabloon voor de inhoud, in plaats van de lijst met wijzigingen.',
			details: 'Elke wijziging zegt ook wat er van het item is geworden (`type`) en wie de wijziging maakte (`user`).',
			content_type: 'Het type van de inhoud. JSON wordt gecontroleerd voordat het wordt verzonden.',
		},
	},
};
