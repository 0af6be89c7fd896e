import type { SameKeys } from '../use-words.js';
import type english from '../en-US/remote-conflicts.js';

export default {
	text: 'Hierover beslist iemand op de externe bron. Wat daar wordt beslist, komt terug naar deze instantie.',
	empty: 'Er wachten geen conflicten op een externe bron',
	empty_text: 'Externe bronnen worden elke halve minuut gevraagd.',
	open: 'Openen op {name}',
	no_item: 'een item dat deze instantie niet heeft',
} satisfies SameKeys<typeof english>;
