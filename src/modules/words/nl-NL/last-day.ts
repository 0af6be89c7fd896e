import type { SameKeys } from '../use-words.js';
import type english from '../en-US/last-day.js';

export default {
	summary: '{name}: {delivered} bezorgd en {failed} mislukt in de laatste 24 uur.',
} satisfies SameKeys<typeof english>;
