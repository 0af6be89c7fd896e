import type { SameKeys } from '../use-words.js';
import type english from '../en-US/last-day.js';

export default {
	summary: '{name}, dernières 24 heures : {delivered} envois livrés, {failed} en échec.',
} satisfies SameKeys<typeof english>;
