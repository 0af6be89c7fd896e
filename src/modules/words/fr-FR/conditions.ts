import type { SameKeys } from '../use-words.js';
import type english from '../en-US/conditions.js';

export default {
	off_setting: 'L’envoi est désactivé sur cette instance. Les modifications restent en attente.',
	off_identity: 'Rien n’est envoyé tant qu’un administrateur n’a pas dit ce qui est arrivé à cette instance.',
	paused: 'Elle est en pause. Les modifications restent en attente jusqu’à la reprise.',
	invalid:
		'Certaines règles ou options sont invalides. Corrigez-les pour que les modifications en attente soient envoyées.',
	failing: 'Les échecs persistent. Les modifications restent en attente. Prochain test : {time}.',
	failed:
		'1 envoi a échoué définitivement et ne sera pas réessayé. | {count} envois ont échoué définitivement et ne seront pas réessayés.',
	conflicts_local:
		'1 conflit attend une décision sur cette instance. | {count} conflits attendent une décision sur cette instance.',
	conflicts_remote:
		'1 conflit attend une décision sur l’instance distante. | {count} conflits attendent une décision sur l’instance distante.',
	incomplete: '1 champ n’est pas envoyé : {fields}. | {count} champs ne sont pas envoyés : {fields}.',
	held: 'Elle a demandé une pause. Les modifications restent en attente. Reprise des envois : {time}.',
	retrying:
		'La dernière requête a échoué. Rien n’attend une nouvelle tentative. | 1 envoi a échoué et sera réessayé. | {count} envois ont échoué et seront réessayés.',
	untried: 'Rien ne lui a encore été envoyé.',
	unused: 'Elle n’a aucune règle : rien ne lui est envoyé.',
	healthy: 'La dernière requête a été acceptée.',
	now: 'maintenant',
	try_now: 'Essayer maintenant',
	error: 'Dernière erreur : {message}',
	queued: '1 envoi en attente | {count} envois en attente',
	drain: 'envoyés en {time} environ',
	draft: 'Elle n’est pas encore publiée : rien n’est envoyé.',
	archived: 'Elle est archivée : rien n’est envoyé.',
} satisfies SameKeys<typeof english>;
