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
	'de-DE': {
		description:
			'Sendet die Änderungen als JSON-Array, oder wie die Body-Vorlage sie ausgibt, an eine URL; signiert, wenn das Ziel einen Signaturschlüssel hat.',
		options: {
			method: 'Die Methode der Anfragen.',
			query: 'Parameter, die an die URL angehängt werden; Werte sind Vorlagen, und `{{secret}}` ist der API-Schlüssel.',
			body: 'Eine Liquid-Vorlage für den Body, anstelle der Liste der Änderungen.',
			details: 'Jede Änderung sagt auch, was aus dem Element geworden ist (`type`) und wer sie gemacht hat (`user`).',
			content_type: 'Der Typ des Bodys. JSON wird vor dem Senden geprüft.',
		},
	},
};
