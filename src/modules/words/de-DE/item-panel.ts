import type { SameKeys } from '../use-words.js';
import type english from '../en-US/item-panel.js';

export default {
	title: 'Downstream',
	flush: 'Flush auslösen',
	flush_title: 'Flush für dieses Element auslösen?',
	flush_text:
		'1 Ziel erfährt, dass die Seiten dieses Elements veraltet sind: {names}. | 1 Ziel erfährt, dass die Seiten dieses Elements veraltet sind: {names}. | {count} Ziele erfahren, dass die Seiten dieses Elements veraltet sind: {names}.',
	flushed: '1 Zustellung eingereiht. | 1 Zustellung eingereiht. | {count} Zustellungen eingereiht.',
	unsaved: 'Speichern Sie das Element. Danach steht hier, wohin es zugestellt wurde.',
	no_target: 'Kein veröffentlichtes Flush-Ziel gilt für diese Sammlung.',
	editor: {
		live: 'Live',
		stale: 'Gesendet, aber {path} zeigt noch die alte Seite',
		on_the_way: 'Unterwegs',
		late: 'Noch nicht live: wird gesendet, sobald es wieder möglich ist',
		failed: 'Nicht live: wurde nicht angenommen. Fragen Sie einen Administrator',
		conflict: 'Wartet: auf beiden Instanzen geändert, eine Entscheidung ist nötig',
		nothing: 'Keine Seite zeigt es',
		never: 'Noch nicht gesendet',
	},
	live: '{time} nach dem Speichern auf der Website sichtbar',
	still_old: '{path} zeigt noch die alte Seite',
	pages:
		'Seiten mit diesem Element: keine gemeldet | Seiten mit diesem Element: 1 | Seiten mit diesem Element: {count}',
	maybe: 'vielleicht: Was sie zeigt, lässt sich nicht genau zuordnen, etwa bei einer Suche',
	more_pages: 'und {count} weitere',
	no_pages:
		'Ihr Frontend hat keine Seite gemeldet, die dieses Element zeigt. Sobald es seine Seiten mit reportPages() aus directus-extension-downstream/client meldet, stehen sie hier und werden nach Pfad geleert.',
	all: 'Alle Zustellungen dieses Elements',
	promote: 'Übertragen…',
	never_sent: 'Noch nicht gesendet',
	not_matched: 'Nicht gesendet: {reason}',
} satisfies SameKeys<typeof english>;
