import type { SameKeys } from '../use-words.js';
import type english from '../en-US/conflict.js';

export default {
	with: 'avec {name}',
	field: 'Champ',
	base: 'Avant',
	here: 'Cette instance',
	there: 'Instance distante',
	empty_value: 'vide',
	won: 'retenue',
	take_here: 'Tout de cette instance',
	take_there: 'Tout de l’instance distante',
	choose: 'Choisissez une valeur par champ, ou une instance pour tous.',
	choose_value: '{field} : utiliser la valeur de {side}',
	side: { local: 'cette instance', remote: 'l’instance distante' },
	apply: 'Appliquer',
	chosen: 'aucun choix | 1 champ choisi | {count} champs choisis',
	similar: 'aucun conflit semblable | Aussi pour 1 conflit semblable | Aussi pour {count} conflits semblables',
	keep: 'Garder l’élément',
	delete: 'Supprimer l’élément',
	delete_hint: {
		here: 'Supprimé sur cette instance, modifié sur l’instance distante.',
		there: 'Supprimé sur l’instance distante, modifié sur cette instance.',
	},
	merge: 'En faire un seul élément',
	merge_hint:
		'Les valeurs de l’instance distante remplacent celles de cette instance ; les deux sont désormais le même élément.',
	apart: 'Garder séparés',
	apart_unique: 'L’élément de l’instance distante n’est pas ajouté tant que l’un des deux n’a pas une autre valeur.',
	apart_identity: 'L’élément de l’instance distante devient un nouvel élément sur cette instance.',
	item_key: 'Clé sur cette instance',
	turn: 'Prendre l’autre valeur',
	turn_hint: 'L’autre valeur l’emporte sur les deux instances, comme nouvelle modification.',
	open_item: 'Ouvrir l’élément',
	resolution: {
		local: 'valeur de cette instance',
		remote: 'valeur de l’instance distante',
		fields: 'champ par champ',
		settled: 'réglé par une modification ultérieure',
	},
	by: 'par {name}',
} satisfies SameKeys<typeof english>;
