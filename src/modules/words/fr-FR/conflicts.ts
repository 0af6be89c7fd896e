import type { SameKeys } from '../use-words.js';
import type english from '../en-US/conflicts.js';

export default {
	title: 'Conflits',
	show: 'Conflits',
	open: 'Ouverts',
	remote: 'Sur l’instance distante',
	automatic: 'Résolus automatiquement',
	resolved: 'Résolus',
	of_target: '{name} seulement',
	all_targets: 'Toutes les instances distantes',
	empty: {
		open: 'Aucun conflit ouvert',
		automatic: 'Aucun pour l’instant',
		resolved: 'Aucun pour l’instant',
	},
	empty_text: {
		open: 'Si deux instances modifient le même champ, une règle décide, ou c’est à vous de le faire.',
		automatic: 'Les deux valeurs sont conservées, et vous pouvez choisir l’autre.',
		resolved: 'Les décisions apparaissent ici.',
	},
	to_remotes: 'Instances distantes',
	group: 'aucun conflit | 1 conflit | {count} conflits',
	all_here: 'Tout de cette instance',
	all_there: 'Tout de l’instance distante',
	kind: {
		fields: 'Modifié des deux côtés',
		delete: 'Supprimé d’un côté, modifié de l’autre',
		identity: 'De quel élément s’agit-il ?',
		unique: 'Même valeur unique deux fois',
	},
	unknown_peer: 'instance inconnue',
	side: { local: 'cette instance', remote: 'l’instance distante' },
	no_item: 'Un élément distant',
	done: 'Aucun résolu. | 1 résolu. | {count} résolus.',
	refused: 'aucun refusé | 1 non résolu : {message} | {count} non résolus : {message}',
	confirm_title: 'Ne résoudre aucun conflit ? | Résoudre 1 conflit ? | Résoudre {count} conflits ?',
	confirm_text: 'Les valeurs de {side} l’emportent sur les deux instances.',
	confirm_verb: 'Résoudre | Résoudre 1 conflit | Résoudre {count} conflits',
} satisfies SameKeys<typeof english>;
