import type { SameKeys } from '../use-words.js';
import type english from '../en-US/remote-conflicts.js';

export default {
	text: 'Darüber entscheidet jemand auf der Gegenstelle. Die Entscheidung kommt auf diese Instanz zurück.',
	empty: 'Auf keiner Gegenstelle wartet ein Konflikt',
	empty_text: 'Die Gegenstellen werden alle 30 Sekunden abgefragt.',
	open: 'Auf {name} öffnen',
	no_item: 'ein Element, das diese Instanz nicht hat',
} satisfies SameKeys<typeof english>;
