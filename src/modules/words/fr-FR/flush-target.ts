import type { SameKeys } from '../use-words.js';
import type english from '../en-US/flush-target.js';

export default {
	flush: {
		title: 'Cible de cache',
		new: 'Nouvelle cible de cache',
		unnamed: 'Cible sans nom',
	},
	sync: {
		title: 'Instance distante',
		new: 'Nouvelle instance distante',
		unnamed: 'Instance sans nom',
	},
	parts: 'Parties de la cible',
	tab: {
		check: 'Connexion',
		compare: 'Comparaison et rattrapage',
		start: 'Démarrage',
		settings: 'Réglages',
		rules: 'Règles',
		automatic: 'Tags',
		preview: 'Aperçu',
		deliveries: 'Envois',
		promote: 'Promotion',
	},
	save: 'Enregistrer',
	publish: 'Publier',
	save_publish: 'Enregistrer et publier',
	test: 'Tester',
	flush_now: 'Vider le cache',
	pause: 'Mettre en pause',
	resume: 'Reprendre',
	waiting: '{count} en attente',
	last_success: 'Dernier succès',
	url_missing: 'Saisissez une URL.',
	url_wrong: 'Saisissez une URL qui commence par https:// ou http://.',
	url_taken: 'Une autre cible de cache utilise déjà cette URL.',
	problems: 'Aucun problème | 1 problème | {n} problèmes',
} satisfies SameKeys<typeof english>;
