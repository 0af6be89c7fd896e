import type { SameKeys } from '../use-words.js';
import type english from '../en-US/notice.js';

export default {
	title: 'Melding',
	last_success: 'Laatste succes:',
	ask: 'Een beheerder kan dit doel in Downstream openen en er iets aan doen.',
} satisfies SameKeys<typeof english>;
