import type { SameKeys } from '../use-words.js';
import type english from '../en-US/remote-conflicts.js';

export default {
	text: 'La décision se prend sur l’instance distante, puis elle revient sur celle-ci.',
	empty: 'Aucun conflit n’attend sur une instance distante',
	empty_text: 'Les instances distantes sont interrogées toutes les 30 secondes.',
	open: 'Ouvrir sur {name}',
	no_item: 'un élément absent de cette instance',
} satisfies SameKeys<typeof english>;
