import type { SameKeys } from '../use-words.js';
import type english from '../en-US/causes.js';

export default {
	cause: {
		lead: 'Les envois en échec ou en attente d’une nouvelle tentative, classés par cause.',
		count: 'aucun envoi | 1 envoi | {count} envois',
		show: 'Voir',
		retry: 'Tout réessayer',
		cancel: 'Tout annuler',
		about: '{code} de {target}',
		of: '{action} : {code} de {target}',
		empty_title: 'Aucun envoi en échec',
		empty_text: 'Aucun envoi n’a échoué ni n’attend une nouvelle tentative.',
	},
} satisfies SameKeys<typeof english>;
