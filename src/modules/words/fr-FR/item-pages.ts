import type { SameKeys } from '../use-words.js';
import type english from '../en-US/item-pages.js';

export default {
	panel_text:
		'Un panneau sur la page d’un élément montre où l’élément a été livré et où l’envoi échoue, et permet de vider le cache. Les rédacteurs y lisent si l’élément est en ligne.',
	panel_add: 'Ajouter',
	panel_add_title: 'Ajouter le panneau ?',
	panel_add_text:
		'Le formulaire de {collection} reçoit un champ de présentation qui affiche le panneau. Ce champ n’enregistre rien ; vous pouvez le déplacer ou le retirer comme tout autre champ.',
	panel_remove: 'Retirer',
	panel_remove_title: 'Retirer le panneau ?',
	panel_remove_text:
		'Le champ qui affiche le panneau est retiré du formulaire de {collection}. Aucune donnée n’est perdue.',
} satisfies SameKeys<typeof english>;
