import type { SameKeys } from '../use-words.js';
import type english from '../en-US/target-dialogs.js';

export default {
	more: 'Plus',
	act: {
		discard: 'Annuler les modifications',
		unpublish: 'Dépublier',
		archive: 'Archiver',
		restore: 'Restaurer comme brouillon',
		delete: 'Supprimer',
	},
	unpublish_title: 'Dépublier {name} ?',
	unpublish_text: 'Les nouvelles modifications ne seront plus envoyées à cette cible.',
	unpublish_verb: 'Dépublier',
	archive_title: 'Archiver {name} ?',
	archive_text:
		'Les nouvelles modifications ne seront plus envoyées à cette cible, et elle disparaîtra des listes. Vous pourrez la restaurer.',
	archive_verb: 'Archiver',
	delete_title: 'Supprimer {name} ?',
	delete_text: 'La cible, ses règles et ses secrets seront supprimés. Cette action est irréversible.',
	delete_verb: 'Supprimer',
	delete_waiting: 'Aucun envoi en attente. | 1 envoi en attente sera annulé. | {n} envois en attente seront annulés.',
	stop_waiting: 'Aucun envoi en attente. | 1 envoi est en attente. | {n} envois sont en attente.',
	leave_title: 'Modifications non enregistrées',
	leave_text:
		'Vos modifications ne sont pas encore enregistrées. Si vous quittez cette page maintenant, elles seront perdues.',
	leave_discard: 'Annuler les modifications',
	leave_stay: 'Continuer l’édition',
	moved_title: 'Quelqu’un d’autre a enregistré cette cible',
	moved_text:
		'Quelqu’un a enregistré cette cible après que vous l’avez ouverte. Rechargez pour voir sa version, ce qui abandonne vos modifications, ou écrasez : là où vous avez modifié la même chose, vos valeurs l’emportent.',
	moved_reload: 'Recharger',
	moved_overwrite: 'Écraser',
	pause_title: 'Mettre cette cible en pause ?',
	pause_text:
		'Rien n’est envoyé jusqu’à la reprise. D’ici là, les modifications restent en attente ; aucune n’est perdue.',
	reason: 'Motif (visible par les autres administrateurs)',
	paused_by: 'Mise en pause par {name}',
	paused_itself: 'Mise en pause automatique :',
	resume_title: 'Reprendre les envois vers cette cible ?',
	resume_text:
		'Rien n’est en attente ; les nouvelles modifications seront envoyées dès maintenant. | 1 modification en attente sera envoyée tout de suite. | {count} modifications en attente seront envoyées tout de suite, les plus anciennes d’abord.',
	latest: 'Derniers envois',
	all_deliveries: 'Tous les envois',
	no_deliveries: 'Rien n’a encore été envoyé à cette cible.',
	incidents: 'Incidents',
	all_incidents: 'Tous les incidents',
	no_incidents: 'Elle n’a jamais été en échec durablement.',
	is_running: 'En cours',
	is_over: 'Résolu',
	failures: 'Aucun échec | 1 échec | {count} échecs',
	saved: 'Enregistré.',
	wrong:
		'Rien n’a été perdu. | 1 point est à corriger d’abord ; il est signalé ci-dessous. | {n} points sont à corriger d’abord ; ils sont signalés ci-dessous.',
	wrong_json:
		'Les règles ne sont pas du JSON valide et ne peuvent donc pas être enregistrées. L’endroit est signalé ci-dessous.',
	conflicts: 'Aucun conflit | 1 conflit attend une décision | {count} conflits attendent une décision',
	published: {
		flush:
			'Cible publiée. Les modifications sont envoyées dès maintenant ; la première apparaîtra dans l’onglet Envois.',
		sync: 'Instance publiée. Les modifications sont échangées dès maintenant ; la vérification ci-dessous indique si c’est possible.',
	},
} satisfies SameKeys<typeof english>;
