import type { SameKeys } from '../use-words.js';
import type english from '../en-US/conflict.js';

export default {
	with: 'mit {name}',
	field: 'Feld',
	base: 'Vorher',
	here: 'Diese Instanz',
	there: 'Gegenstelle',
	empty_value: 'leer',
	won: 'übernommen',
	take_here: 'Alles von dieser Instanz übernehmen',
	take_there: 'Alles von der Gegenstelle übernehmen',
	choose: 'Wählen Sie für jedes Feld einen Wert, oder eine Instanz für alle Felder.',
	choose_value: '{field}: Wert von {side} übernehmen',
	side: { local: 'dieser Instanz', remote: 'der Gegenstelle' },
	apply: 'Anwenden',
	chosen: 'nichts gewählt | 1 Feld gewählt | {count} Felder gewählt',
	similar: 'keine ähnlichen | Auch auf 1 ähnlichen Konflikt anwenden | Auch auf {count} ähnliche Konflikte anwenden',
	keep: 'Element behalten',
	delete: 'Element löschen',
	delete_hint: {
		here: 'Auf dieser Instanz wurde es gelöscht, auf der Gegenstelle geändert.',
		there: 'Auf der Gegenstelle wurde es gelöscht, auf dieser Instanz geändert.',
	},
	merge: 'Zu einem Element zusammenführen',
	merge_hint:
		'Die Werte der Gegenstelle ersetzen die Werte auf dieser Instanz. Beide gelten künftig als dasselbe Element.',
	apart: 'Getrennt lassen',
	apart_unique: 'Das Element der Gegenstelle wird erst übernommen, wenn eines der beiden einen anderen Wert hat.',
	apart_identity: 'Das Element der Gegenstelle wird auf dieser Instanz neu erstellt.',
	item_key: 'Schlüssel auf dieser Instanz',
	turn: 'Anderen Wert übernehmen',
	turn_hint: 'Der andere Wert gilt dann auf beiden Instanzen, als neue Änderung.',
	open_item: 'Element öffnen',
	resolution: {
		local: 'Wert dieser Instanz',
		remote: 'Wert der Gegenstelle',
		fields: 'Feld für Feld',
		settled: 'durch eine spätere Änderung erledigt',
	},
	by: 'von {name}',
} satisfies SameKeys<typeof english>;
