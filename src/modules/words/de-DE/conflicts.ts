import type { SameKeys } from '../use-words.js';
import type english from '../en-US/conflicts.js';

export default {
	title: 'Konflikte',
	show: 'Konflikte',
	open: 'Offen',
	remote: 'Auf der Gegenstelle',
	automatic: 'Automatisch gelöst',
	resolved: 'Gelöst',
	of_target: 'Nur {name}',
	all_targets: 'Alle Gegenstellen',
	empty: {
		open: 'Keine offenen Konflikte',
		automatic: 'Noch keine',
		resolved: 'Noch keine',
	},
	empty_text: {
		open: 'Ändern zwei Instanzen dasselbe Feld, entscheidet eine Regel, oder Sie entscheiden hier.',
		automatic: 'Beide Werte bleiben erhalten, Sie können den anderen noch übernehmen.',
		resolved: 'Hier stehen die getroffenen Entscheidungen.',
	},
	to_remotes: 'Gegenstellen',
	group: 'keine Konflikte | 1 Konflikt | {count} Konflikte',
	all_here: 'Alle: diese Instanz übernehmen',
	all_there: 'Alle: Gegenstelle übernehmen',
	kind: {
		fields: 'Auf beiden Seiten geändert',
		delete: 'Auf einer Seite gelöscht, auf der anderen geändert',
		identity: 'Welches Element ist gemeint?',
		unique: 'Derselbe eindeutige Wert zweimal',
	},
	unknown_peer: 'unbekannte Instanz',
	side: { local: 'dieser Instanz', remote: 'der Gegenstelle' },
	no_item: 'Ein Element der Gegenstelle',
	done: 'Keiner gelöst. | 1 gelöst. | {count} gelöst.',
	refused: 'keiner abgelehnt | 1 nicht gelöst: {message} | {count} nicht gelöst: {message}',
	confirm_title: 'Keine Konflikte lösen? | 1 Konflikt lösen? | {count} Konflikte lösen?',
	confirm_text: 'Auf beiden Instanzen gelten dann die Werte {side}.',
	confirm_verb: 'Lösen | 1 lösen | {count} lösen',
} satisfies SameKeys<typeof english>;
