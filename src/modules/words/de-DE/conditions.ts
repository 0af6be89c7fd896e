import type { SameKeys } from '../use-words.js';
import type english from '../en-US/conditions.js';

export default {
	off_setting: 'Das Senden ist auf dieser Instanz ausgeschaltet. Änderungen warten.',
	off_identity: 'Nichts wird gesendet, bis ein Administrator angibt, was mit dieser Instanz geschehen ist.',
	paused: 'Das Senden ist pausiert. Änderungen warten, bis es fortgesetzt wird.',
	invalid:
		'Manche Regeln oder Optionen sind ungültig. Sobald sie korrigiert sind, werden die wartenden Änderungen gesendet.',
	failing: 'Anfragen schlagen immer wieder fehl. Änderungen warten. Nächste Prüfung: {time}.',
	failed:
		'1 Zustellung ist endgültig fehlgeschlagen und wird nicht wiederholt. | {count} Zustellungen sind endgültig fehlgeschlagen und werden nicht wiederholt.',
	conflicts_local:
		'1 Konflikt braucht eine Entscheidung auf dieser Instanz. | {count} Konflikte brauchen eine Entscheidung auf dieser Instanz.',
	conflicts_remote:
		'1 Konflikt braucht eine Entscheidung auf der Gegenstelle. | {count} Konflikte brauchen eine Entscheidung auf der Gegenstelle.',
	incomplete: '1 Feld wird nicht gesendet: {fields}. | {count} Felder werden nicht gesendet: {fields}.',
	held: 'Es wurde um eine Wartepause gebeten. Änderungen warten. Weiter geht es: {time}.',
	retrying:
		'Die letzte Anfrage ist fehlgeschlagen. Zu wiederholen ist nichts. | 1 Zustellung ist fehlgeschlagen und wird wiederholt. | {count} Zustellungen sind fehlgeschlagen und werden wiederholt.',
	untried: 'Bisher wurde nichts gesendet.',
	unused: 'Es gibt keine Regeln, also wird nichts gesendet.',
	healthy: 'Die letzte Anfrage wurde angenommen.',
	now: 'jetzt',
	try_now: 'Jetzt versuchen',
	error: 'Letzter Fehler: {message}',
	queued: '1 Zustellung wartet | {count} Zustellungen warten',
	drain: 'Versand dauert etwa {time}',
	draft: 'Noch nicht veröffentlicht, also wird nichts gesendet.',
	archived: 'Archiviert, also wird nichts gesendet.',
} satisfies SameKeys<typeof english>;
