import type { SameKeys } from '../use-words.js';
import type english from '../en-US/bulk.js';

export default {
	bulk: {
		retry_title: 'Réessayer ces envois ?',
		retry_what:
			'Chacun est remis en attente avec un nouveau webhook-id et repart à la première tentative. Les envois en attente ou en cours ne changent pas.',
		retry_again:
			'1 d’entre eux est déjà arrivé et sera envoyé UNE SECONDE FOIS. | 1 d’entre eux est déjà arrivé et sera envoyé UNE SECONDE FOIS. | {count} d’entre eux sont déjà arrivés et seront envoyés UNE SECONDE FOIS.',
		retry_verb: 'Réessayer 1 envoi | Réessayer 1 envoi | Réessayer {count} envois',
		cancel_title: 'Annuler ces envois ?',
		cancel_what:
			'Ils ne partent pas, et leurs cibles n’apprennent rien de ces modifications. Les requêtes en cours vont à leur terme. Vous pourrez encore réessayer ces envois.',
		cancel_verb: 'Annuler 1 envoi | Annuler 1 envoi | Annuler {count} envois',
		keep: 'Les garder',
		which: 'Lesquels ?',
		none: 'Ce n’est possible pour aucun d’eux.',
		retry_none:
			'Vous ne pouvez réessayer que des envois en échec, en attente d’une nouvelle tentative, annulés ou livrés.',
		cancel_none: 'Vous ne pouvez annuler que des envois en attente ou en échec.',
		counting: 'Calcul en cours…',
		more_than: 'plus de {count}',
	},
	run: {
		title: 'Action groupée',
		progress: 'Livrés : {delivered} sur {total}',
		failed: '1 en échec | 1 en échec | {count} en échec',
		cancelled: '1 annulé | 1 annulé | {count} annulés',
		open: '1 restant | 1 restant | {count} restants',
		over: 'Terminé.',
		cancel_done: 'Aucun envoi annulé : plus aucun n’était en attente. | 1 envoi annulé. | {count} envois annulés.',
		nothing: 'Il n’y avait plus rien à réessayer.',
		show: 'Voir',
		cancel_rest: 'Annuler le reste',
		dismiss: 'Masquer',
	},
	searched: 'Recherche dans les {count} derniers envois qui correspondent aux autres filtres.',
	look_further: 'Chercher plus loin',
	from_newest: 'Revenir aux plus récents',
	older_part: 'Ces envois sont plus anciens que ceux parcourus avant.',
	empty_title: 'Rien n’a encore été envoyé',
	empty_text:
		'Publiez une cible de cache, puis modifiez un élément concerné par l’une de ses règles. Les envois apparaîtront ici.',
	to_targets: 'Voir les cibles de cache',
	none_title: 'Aucun envoi correspondant',
	none_text:
		'Aucun envoi ne correspond à ces filtres. Les envois livrés sont supprimés à la fin de leur durée de conservation.',
	page_gone: 'Cette page ne contient plus aucune ligne',
	first_page: 'Aller à la première page',
	selected: '1 sélectionné | 1 sélectionné | {count} sélectionnés',
	selected_page: 'Toute la page est sélectionnée.',
	selected_all: 'Les {count} envois correspondants sont sélectionnés.',
	select_all: 'Sélectionner les {count} envois correspondants',
	select_none: 'Tout désélectionner',
} satisfies SameKeys<typeof english>;
