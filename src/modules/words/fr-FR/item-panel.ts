import type { SameKeys } from '../use-words.js';
import type english from '../en-US/item-panel.js';

export default {
	title: 'Downstream',
	flush: 'Vider le cache',
	flush_title: 'Vider le cache de cet élément ?',
	flush_text:
		'1 cible sera prévenue que les pages de cet élément sont périmées : {names}. | 1 cible sera prévenue que les pages de cet élément sont périmées : {names}. | {count} cibles seront prévenues que les pages de cet élément sont périmées : {names}.',
	flushed: 'Aucun envoi en attente. | 1 envoi en attente. | {count} envois en attente.',
	unsaved: 'Enregistrez d’abord l’élément ; vous verrez ensuite ici où il a été livré.',
	no_target: 'Aucune cible de cache publiée ne concerne cette collection.',
	editor: {
		live: 'En ligne',
		stale: 'Envoyé, mais {path} montre encore l’ancienne page',
		on_the_way: 'Envoi en cours',
		late: 'Pas encore en ligne : l’envoi se fera dès que possible',
		failed: 'Pas en ligne : l’envoi n’a pas été accepté. Adressez-vous à un administrateur',
		conflict: 'En attente : modifié sur les deux instances, une décision est nécessaire',
		nothing: 'Aucune page ne l’affiche',
		never: 'Pas encore envoyé',
	},
	live: 'en ligne sur le site {time} après l’enregistrement',
	still_old: '{path} affiche encore l’ancienne page',
	pages:
		'Pages qui affichent cet élément : aucune signalée | Pages qui affichent cet élément : 1 | Pages qui affichent cet élément : {count}',
	maybe: 'peut-être : impossible à savoir pour cette page, par exemple une recherche',
	more_pages: 'et {count} de plus',
	no_pages:
		'Votre front-end n’a signalé aucune page qui affiche cet élément. Dès qu’il signalera ses pages avec reportPages() de directus-extension-downstream/client, elles apparaîtront ici et seront purgées par chemin.',
	all: 'Tous les envois de cet élément',
	promote: 'Promouvoir…',
	never_sent: 'Pas encore envoyé',
	not_matched: 'Non envoyé : {reason}',
} satisfies SameKeys<typeof english>;
