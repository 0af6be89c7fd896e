import type { SameKeys } from '../use-words.js';
import type english from '../en-US/link-copy.js';

export default {
	title: 'Associer une copie',
	about:
		'Pour une instance dont la base de données est une copie d’une autre, par exemple une préproduction issue de la production. Chaque élément est associé à celui de l’original qui a la même clé. Rien n’est dupliqué, et rien n’est envoyé sans diffusion ni promotion de votre part.',
	held_title: 'Cette instance est-elle une copie ?',
	held_text:
		'En attendant votre réponse, elle n’envoie rien. Une copie reçoit sa propre identité : les envois copiés avec elle sont supprimés, et les cibles de cache et instances distantes deviennent des brouillons. L’original ne change pas.',
	held_verb: 'C’est une copie',
	held_confirm:
		'Les envois copiés avec la base de données seront supprimés, et toutes les cibles de cache et instances distantes de cette instance deviendront des brouillons. Cette action est irréversible.',
	url: 'URL de l’original',
	token: 'Jeton d’accès',
	token_note:
		'D’un administrateur de l’original, ou de son utilisateur « Data Sync Directus ». Il est enregistré avec l’instance distante.',
	name: 'Nom de l’instance distante (facultatif)',
	preview: 'Aperçu',
	comparing: 'Comparaison de {collection} : {done} collections sur {all}…',
	stop: 'Arrêter',
	nothing: 'Cette instance n’a aucune collection à synchroniser.',
	equal: 'Tous les éléments sont identiques des deux côtés.',
	collection: 'Collection',
	by: 'Reconnu par',
	only_item: 'élément unique',
	same: 'Même élément',
	different: 'Modifié depuis',
	missing_here: 'Seulement dans l’original',
	missing_there: 'Seulement dans cette instance',
	apart: 'Nouveau dans cette instance',
	apart_note:
		'Des éléments créés des deux côtés depuis la copie peuvent porter le même numéro par hasard. Ceux de cette instance restent des éléments distincts.',
	problems:
		'Ces collections ne sont pas associées : | Cette collection n’est pas associée : | Ces {count} collections ne sont pas associées :',
	link: 'Associer',
	linking: 'Dernière comparaison et association. Cela peut prendre quelques minutes…',
	linked:
		'Associée. Cette instance distante ne reçoit que des diffusions : rien n’est envoyé sans diffusion ni promotion de votre part.',
	open: 'Ouvrir l’instance distante',
} satisfies SameKeys<typeof english>;
