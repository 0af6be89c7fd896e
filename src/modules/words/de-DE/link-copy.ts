import type { SameKeys } from '../use-words.js';
import type english from '../en-US/link-copy.js';

export default {
	title: 'Kopie verknüpfen',
	about:
		'Für eine Instanz, deren Datenbank die Kopie einer anderen ist, etwa Staging als Kopie der Produktion. Jedes Element wird mit dem Element verknüpft, das im Original denselben Schlüssel hat. Nichts wird dupliziert, und nichts wird gesendet, bevor Sie es freigeben oder übertragen.',
	held_title: 'Ist diese Instanz eine Kopie?',
	held_text:
		'Bis Sie das entscheiden, hält sie alles zurück. Als Kopie erhält sie eine eigene Identität: Mitkopierte Zustellungen werden verworfen, Flush-Ziele und Gegenstellen werden zu Entwürfen. Das Original bleibt, wie es ist.',
	held_verb: 'Das ist eine Kopie',
	held_confirm:
		'Mit der Datenbank kopierte Zustellungen werden verworfen, alle Flush-Ziele und Gegenstellen dieser Instanz werden zu Entwürfen. Das lässt sich nicht rückgängig machen.',
	url: 'URL des Originals',
	token: 'Zugriffstoken',
	token_note:
		'Von einem Administrator des Originals oder von dessen Benutzer „Data Sync Directus“. Wird mit der Gegenstelle gespeichert.',
	name: 'Name der Gegenstelle (optional)',
	preview: 'Vorschau',
	comparing: '{collection} wird verglichen: {done} von {all} Sammlungen…',
	stop: 'Stoppen',
	nothing: 'Diese Instanz hat keine Sammlung, die sich synchronisieren lässt.',
	equal: 'Alle Elemente sind auf beiden Seiten gleich.',
	collection: 'Sammlung',
	by: 'Erkannt an',
	only_item: 'einziges Element',
	same: 'Gleiches Element',
	different: 'Seither bearbeitet',
	missing_here: 'Nur im Original',
	missing_there: 'Nur auf dieser Instanz',
	apart: 'Neu auf dieser Instanz',
	apart_note:
		'Elemente, die seit dem Kopieren auf beiden Seiten erstellt wurden, können zufällig dieselbe Nummer haben. Die dieser Instanz bleiben eigene Elemente.',
	problems:
		'Diese Sammlungen werden nicht verknüpft: | Diese Sammlung wird nicht verknüpft: | Diese {count} Sammlungen werden nicht verknüpft:',
	link: 'Verknüpfen',
	linking: 'Wird noch einmal verglichen und verknüpft. Das kann Minuten dauern…',
	linked: 'Verknüpft, nur nach Freigabe: Nichts wird gesendet, bevor Sie es freigeben oder übertragen.',
	open: 'Gegenstelle öffnen',
} satisfies SameKeys<typeof english>;
