import type { SameKeys } from '../use-words.js';
import type english from '../en-US/overview.js';

export default {
	title: 'Vue d’ensemble',
	sentence: {
		off: 'L’envoi est désactivé ; aucune modification en attente. | L’envoi est désactivé ; 1 modification est en attente. | L’envoi est désactivé ; {count} modifications sont en attente.',
		identity: 'Rien n’est envoyé tant qu’un administrateur n’a pas dit ce qui est arrivé à cette instance.',
		broken: 'Les modifications ne peuvent pas être prises en compte pour le moment.',
		none: 'Aucune cible pour l’instant.',
		failing: '{names} est en échec. | {names} est en échec. | {names} sont en échec.',
		invalid:
			'{names} a des règles ou des options invalides. | {names} a des règles ou des options invalides. | {names} ont des règles ou des options invalides.',
		failed:
			'Aucun envoi vers {names} n’a échoué définitivement. | 1 envoi vers {names} a échoué définitivement. | {count} envois vers {names} ont échoué définitivement.',
		incomplete: 'Certains champs ne sont pas envoyés à {names}.',
		held: '{names} : pause demandée.',
		retrying:
			'{names} n’a pas accepté la dernière requête. | {names} n’a pas accepté la dernière requête. | {names} n’ont pas accepté les dernières requêtes.',
		paused:
			'{names} est en pause ; ses modifications sont en attente. | {names} est en pause ; ses modifications sont en attente. | {names} sont en pause ; leurs modifications sont en attente.',
		conflicts: 'Aucun conflit ouvert. | 1 conflit attend une décision. | {count} conflits attendent une décision.',
		behind:
			'Aucune modification n’attend depuis plus d’une minute. | 1 modification attend depuis plus d’une minute. | {count} modifications attendent depuis plus d’une minute.',
		on_the_way:
			'Aucune modification en cours d’envoi. | 1 modification en cours d’envoi. | {count} modifications en cours d’envoi.',
		untried: 'Rien n’a encore été envoyé.',
		unused: 'Aucune cible n’a de règles : rien n’est envoyé.',
		up_to_date: 'Tout est à jour.',
	},
	none_title: 'Aucune cible pour l’instant',
	none_text:
		'Une cible de cache est un site ou un CDN que Downstream prévient dès qu’un contenu change. Une instance distante est un autre Directus, synchronisé avec celui-ci.',
	create: 'Créer une cible de cache',
	create_remote: 'Ajouter une instance distante',
	incidents: 'Incidents en cours',
	failing_for: 'En échec depuis {time}',
	failures: 'Aucune requête en échec | 1 requête en échec | {count} requêtes en échec',
	collected: 'Aucune modification en attente | 1 modification en attente | {count} modifications en attente',
	see_deliveries: 'Voir les envois',
	open_target: 'Ouvrir la cible',
	diagnostics: 'À vérifier',
	targets: 'Cibles',
	pending: 'En attente',
	lag: 'Retard',
	opens: 'Prochain envoi',
	conflicts: 'aucun conflit | 1 conflit ouvert | {count} conflits ouverts',
	last_success: 'Dernier succès',
	p95: 'p95',
	chart: 'Envois par heure',
	chart_summary: 'Dernières 24 heures : {delivered} envois livrés, {retried} nouvelles tentatives, {failed} échecs.',
	hour_label: '{hour} : livrés {delivered}, nouvelles tentatives {retried}, échecs {failed}',
	delivered: 'Livrés',
	retried: 'Nouvelles tentatives',
	failed: 'Échecs',
	latency: 'Temps de réponse, p95 par heure',
	latency_summary: 'Heure la plus lente : p95 de {slowest}.',
	latency_label: '{hour} : {time}',
	quiet: 'Aucun envoi ces dernières 24 heures.',
	instance: 'Cette instance',
	version: 'Version',
	engine: 'Moteur',
	nodes: 'Processus',
	oldest: 'Attente la plus longue',
	failed_count: 'Envois en échec',
} satisfies SameKeys<typeof english>;
