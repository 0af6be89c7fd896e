import type { SameKeys } from '../use-words.js';
import type english from '../en-US/item-pages.js';

export default {
	panel_text:
		'Ein Panel auf der Seite eines Elements zeigt, wohin das Element zugestellt wurde und wo das misslingt, und löst einen Flush aus. Redakteure lesen dort, ob es live ist.',
	panel_add: 'Hinzufügen',
	panel_add_title: 'Panel hinzufügen?',
	panel_add_text:
		'Das Formular von {collection} erhält ein Präsentationsfeld, das das Panel anzeigt. Es speichert nichts und lässt sich wie jedes Feld verschieben oder entfernen.',
	panel_remove: 'Entfernen',
	panel_remove_title: 'Panel entfernen?',
	panel_remove_text:
		'Das Feld, das das Panel anzeigt, wird aus dem Formular von {collection} entfernt. Daten gehen nicht verloren.',
} satisfies SameKeys<typeof english>;
