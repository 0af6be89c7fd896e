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
	'fr-FR': {
		description:
			'Envoie les modifications à une URL, en tableau JSON ou selon le modèle du corps, signées si la cible a un secret de signature.',
		options: {
			method: 'La méthode des requêtes.',
			query: 'Paramètres ajoutés à l’URL ; les valeurs sont des modèles, et `{{secret}}` est la clé API.',
			body: 'Un modèle Liquid pour le corps, à la place de la liste des modifications.',
			details: 'Chaque modification indique aussi ce qu’est devenu l’élément (`type`) et qui l’a modifié (`user`).',
			content_type: 'Le type du corps. Le JSON est vérifié avant l’envoi.',
		},
	},
};
