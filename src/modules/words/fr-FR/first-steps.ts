import type { SameKeys } from '../use-words.js';
import type english from '../en-US/first-steps.js';

export default {
	one: 'Installez Downstream aussi dans l’autre Directus.',
	two: 'Ouvrez-y l’utilisateur « Data Sync Directus » et générez un jeton.',
	three:
		'Ajoutez l’instance distante : son URL, le jeton et les collections. La vérification de la connexion indique ce qui manque.',
} satisfies SameKeys<typeof english>;
