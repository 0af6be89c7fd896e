import type { SameKeys } from '../use-words.js';
import type english from '../en-US/state-hints.js';

export default {
	healthy: 'La dernière requête a été acceptée.',
	degraded: 'La dernière tentative a échoué ; une autre va suivre.',
	open: 'Les échecs persistent. Les modifications restent en attente, et des requêtes isolées vérifient si la cible répond à nouveau.',
	paused: 'Rien n’est envoyé. Les modifications restent en attente jusqu’à la reprise.',
	invalid:
		'Certaines règles ou options sont invalides. Corrigez-les pour que les modifications en attente soient envoyées.',
	failed: 'Elle a refusé des envois. Cherchez la cause, puis réessayez-les ou annulez-les.',
	held: 'Elle a demandé une pause. Les modifications attendent qu’elle se termine ; reprenez les envois pour les envoyer tout de suite.',
	unused: 'Elle n’a aucune règle : rien ne lui est envoyé.',
	draft: 'Elle n’est pas encore publiée : rien n’est envoyé.',
	archived: 'Elle est archivée : rien n’est envoyé.',
} satisfies SameKeys<typeof english>;
