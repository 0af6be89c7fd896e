import type { SameKeys } from '../use-words.js';
import type english from '../en-US/bulk.js';

export default {
	bulk: {
		retry_title: 'Zustellungen erneut senden?',
		retry_what:
			'Jede wird neu eingereiht, mit neuer webhook-id und allen Versuchen von vorn. Was wartet oder gerade gesendet wird, bleibt unverändert.',
		retry_again:
			'1 davon ist bereits angekommen und wird NOCH EINMAL gesendet. | 1 davon ist bereits angekommen und wird NOCH EINMAL gesendet. | {count} davon sind bereits angekommen und werden NOCH EINMAL gesendet.',
		retry_verb: '1 erneut senden | 1 erneut senden | {count} erneut senden',
		cancel_title: 'Zustellungen abbrechen?',
		cancel_what:
			'Sie werden nicht gesendet, ihre Ziele erfahren nichts von diesen Änderungen. Laufende Anfragen werden noch beendet. Erneutes Senden macht den Abbruch rückgängig.',
		cancel_verb: '1 Zustellung abbrechen | 1 Zustellung abbrechen | {count} Zustellungen abbrechen',
		keep: 'Behalten',
		which: 'Welche davon?',
		none: 'Das ist bei keiner dieser Zustellungen möglich.',
		retry_none:
			'Nur fehlgeschlagene, abgebrochene und zugestellte Zustellungen sowie solche, die auf einen neuen Versuch warten, lassen sich erneut senden.',
		cancel_none: 'Nur wartende oder fehlgeschlagene Zustellungen lassen sich abbrechen.',
		counting: 'Wird gezählt …',
		more_than: 'mehr als {count}',
	},
	run: {
		title: 'Sammelaktion',
		progress: '{delivered} von {total} zugestellt',
		failed: '1 fehlgeschlagen | 1 fehlgeschlagen | {count} fehlgeschlagen',
		cancelled: '1 abgebrochen | 1 abgebrochen | {count} abgebrochen',
		open: '1 offen | 1 offen | {count} offen',
		over: 'Fertig.',
		cancel_done:
			'Keine Zustellung wurde abgebrochen: Es wartete keine mehr. | 1 Zustellung wurde abgebrochen. | {count} Zustellungen wurden abgebrochen.',
		nothing: 'Es gab nichts mehr erneut zu senden.',
		show: 'Anzeigen',
		cancel_rest: 'Übrige abbrechen',
		dismiss: 'Ausblenden',
	},
	searched: 'Durchsucht: die neuesten {count} Zustellungen, die zu den übrigen Filtern passen.',
	look_further: 'Weiter zurück suchen',
	from_newest: 'Zurück zu den neuesten',
	older_part: 'Diese Zustellungen sind älter als die zuvor durchsuchten.',
	empty_title: 'Noch nichts gesendet',
	empty_text:
		'Veröffentlichen Sie ein Flush-Ziel und ändern Sie ein Element, für das eine seiner Regeln gilt. Was gesendet wird, erscheint hier.',
	to_targets: 'Zu den Flush-Zielen',
	none_title: 'Keine passenden Zustellungen',
	none_text:
		'Zu diesen Filtern passt keine Zustellung. Zugestellte werden nach Ablauf der Aufbewahrungsfrist gelöscht.',
	page_gone: 'Auf dieser Seite gibt es keine Zeilen mehr',
	first_page: 'Zur ersten Seite',
	selected: '1 ausgewählt | 1 ausgewählt | {count} ausgewählt',
	selected_page: 'Alle auf dieser Seite sind ausgewählt.',
	selected_all: 'Alle {count} Treffer sind ausgewählt.',
	select_all: 'Alle {count} Treffer auswählen',
	select_none: 'Auswahl aufheben',
} satisfies SameKeys<typeof english>;
