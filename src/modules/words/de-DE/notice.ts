import type { SameKeys } from '../use-words.js';
import type english from '../en-US/notice.js';

export default {
	title: 'Benachrichtigung',
	last_success: 'Letzter Erfolg:',
	ask: 'Ein Administrator kann dieses Ziel in Downstream öffnen und etwas unternehmen.',
} satisfies SameKeys<typeof english>;
