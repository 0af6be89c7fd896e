import type english from '../en-US/item-pages.js';
import type { SameKeys } from '../use-words.js';

export default {
	panel_text:
		'Een paneel op de pagina van een item zegt waar het is bezorgd, waar het faalt, en flusht het. Redacteuren lezen of het live is.',
	panel_add: 'Toevoegen',
	panel_add_title: 'Paneel toevoegen?',
	panel_add_text:
		'Het formulier van {collection} krijgt een presentatieveld dat het paneel toont. Het slaat niets op en kan als elk veld worden verplaatst of verwijderd.',
	panel_remove: 'Verwijderen',
	panel_remove_title: 'Paneel verwijderen?',
	panel_remove_text:
		'Het veld dat het paneel toont wordt uit het formulier van {collection} verwijderd. Er gaan geen gegevens verloren.',
} satisfies SameKeys<typeof english>;
