import type { SameKeys } from '../use-words.js';
import type english from '../en-US/targets.js';

export default {
	flush: {
		title: 'Cibles de cache',
		create: 'Créer une cible',
		empty_title: 'Aucune cible de cache',
		empty_text:
			'Une cible de cache est un site ou un CDN que Downstream prévient dès qu’un contenu change. Une minute suffit pour en créer une.',
		none_title: 'Aucune cible correspondante',
		none_text: 'Aucune cible dans cet état n’a ce texte dans son nom, son URL ou ses collections.',
		waiting: '{count} en attente',
		unnamed: 'Cible sans nom',
	},
	sync: {
		title: 'Instances distantes',
		create: 'Ajouter une instance',
		empty_title: 'Aucune instance distante',
		empty_text:
			'Une instance distante est un autre Directus, synchronisé avec celui-ci : les collections de votre choix, dans un sens ou dans les deux.',
		none_title: 'Aucune instance correspondante',
		none_text: 'Aucune instance dans cet état n’a ce texte dans son nom, son URL ou ses collections.',
		waiting: '{count} en attente ({lag})',
		unnamed: 'Instance sans nom',
	},
	all: 'Toutes',
	published: 'Publiées',
	draft: 'Brouillons',
	archived: 'Archivées',
	filter: 'État',
	automatic: 'Tags automatiques',
	rules: 'Aucune règle | 1 règle | {count} règles',
	direction: {
		push: 'Envoi seulement',
		pull: 'Réception seulement',
		both: 'Dans les deux sens',
	},
	fresh: 'à jour en {p50} (p95 {p95})',
	success: 'Dernier succès',
	conflicts: 'aucun conflit | 1 conflit | {count} conflits',
	panel: 'Sur les pages des éléments',
	link_copy: 'Associer une copie',
} satisfies SameKeys<typeof english>;
