import type { SameKeys } from '../use-words.js';
import type english from '../en-US/last-day.js';

export default {
	summary: '{name}: in den letzten 24 Stunden {delivered} zugestellt und {failed} fehlgeschlagen.',
} satisfies SameKeys<typeof english>;
