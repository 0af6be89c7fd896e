import type { SameKeys } from '../use-words.js';
import type english from '../en-US/first-steps.js';

export default {
	one: 'Installeer Downstream ook in de andere Directus.',
	two: 'Open daar de gebruiker “Data Sync Directus” en genereer een token.',
	three: 'Voeg de bron hier toe: de URL, het token en de collecties. De verbindingscontrole zegt wat er nog ontbreekt.',
} satisfies SameKeys<typeof english>;
