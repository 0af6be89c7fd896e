import type { SameKeys } from '../use-words.js';
import type english from '../en-US/notice.js';

export default {
	title: 'Notification',
	last_success: 'Dernier succès :',
	ask: 'Un administrateur peut ouvrir cette cible dans Downstream et intervenir.',
} satisfies SameKeys<typeof english>;
