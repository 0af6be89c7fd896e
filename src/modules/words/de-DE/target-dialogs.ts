import type { SameKeys } from '../use-words.js';
import type english from '../en-US/target-dialogs.js';

export default {
	more: 'Mehr',
	act: {
		discard: 'Änderungen verwerfen',
		unpublish: 'Veröffentlichung zurückziehen',
		archive: 'Archivieren',
		restore: 'Als Entwurf wiederherstellen',
		delete: 'Löschen',
	},
	unpublish_title: 'Veröffentlichung von {name} zurückziehen?',
	unpublish_text: 'Neue Änderungen werden nicht mehr an dieses Ziel gesendet.',
	unpublish_verb: 'Zurückziehen',
	archive_title: '{name} archivieren?',
	archive_text:
		'Neue Änderungen werden nicht mehr an dieses Ziel gesendet, und es verschwindet aus den Listen. Es lässt sich wiederherstellen.',
	archive_verb: 'Archivieren',
	delete_title: '{name} löschen?',
	delete_text: 'Das Ziel wird mit seinen Regeln und Zugangsdaten gelöscht. Das lässt sich nicht rückgängig machen.',
	delete_verb: 'Löschen',
	delete_waiting:
		'Keine Zustellung wartet. | 1 wartende Zustellung wird abgebrochen. | {n} wartende Zustellungen werden abgebrochen.',
	stop_waiting: 'Keine Zustellung wartet. | 1 Zustellung wartet. | {n} Zustellungen warten.',
	leave_title: 'Nicht gespeicherte Änderungen',
	leave_text: 'Ihre Änderungen sind noch nicht gespeichert. Wenn Sie die Seite jetzt verlassen, gehen sie verloren.',
	leave_discard: 'Änderungen verwerfen',
	leave_stay: 'Weiter bearbeiten',
	moved_title: 'Jemand anderes hat dieses Ziel gespeichert',
	moved_text:
		'Nachdem Sie dieses Ziel geöffnet haben, hat es jemand anderes gespeichert. Laden Sie neu, um diese Version zu sehen und Ihre Änderungen zu verwerfen. Oder überschreiben Sie: Was Sie beide geändert haben, erhält Ihren Wert.',
	moved_reload: 'Neu laden',
	moved_overwrite: 'Überschreiben',
	pause_title: 'Dieses Ziel pausieren?',
	pause_text: 'Nichts wird gesendet, bis jemand das Senden fortsetzt. Änderungen warten so lange, keine geht verloren.',
	reason: 'Grund (für andere Administratoren sichtbar)',
	paused_by: 'Pausiert von {name}',
	paused_itself: 'Automatisch pausiert:',
	resume_title: 'Senden an dieses Ziel fortsetzen?',
	resume_text:
		'Nichts wartet; neue Änderungen werden ab jetzt gesendet. | 1 wartende Änderung wird sofort gesendet. | {count} wartende Änderungen werden sofort gesendet, die älteste zuerst.',
	latest: 'Neueste Zustellungen',
	all_deliveries: 'Alle Zustellungen',
	no_deliveries: 'An dieses Ziel wurde noch nichts gesendet.',
	incidents: 'Störungen',
	all_incidents: 'Alle Störungen',
	no_incidents: 'Bisher ohne Störung.',
	is_running: 'Laufend',
	is_over: 'Behoben',
	failures: 'Keine Fehler | 1 Fehler | {count} Fehler',
	saved: 'Gespeichert.',
	wrong:
		'Nichts ging verloren. | 1 Angabe muss zuerst korrigiert werden; sie ist unten markiert. | {n} Angaben müssen zuerst korrigiert werden; sie sind unten markiert.',
	wrong_json:
		'Die Regeln sind kein gültiges JSON und können so nicht gespeichert werden. Die Stelle ist unten markiert.',
	conflicts: 'Keine Konflikte | 1 Konflikt braucht eine Entscheidung | {count} Konflikte brauchen eine Entscheidung',
	published: {
		flush: 'Veröffentlicht. Änderungen werden ab jetzt gesendet; die erste erscheint unter Zustellungen.',
		sync: 'Veröffentlicht. Änderungen werden ab jetzt ausgetauscht; die Prüfung unten zeigt, ob das möglich ist.',
	},
} satisfies SameKeys<typeof english>;
