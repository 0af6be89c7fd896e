import type { SameKeys } from '../use-words.js';
import type english from '../en-US/overview.js';

export default {
	title: 'Übersicht',
	sentence: {
		off: 'Das Senden ist ausgeschaltet; nichts wartet. | Das Senden ist ausgeschaltet; 1 Änderung wartet. | Das Senden ist ausgeschaltet; {count} Änderungen warten.',
		identity: 'Nichts wird gesendet, bis ein Administrator angibt, was mit dieser Instanz geschehen ist.',
		broken: 'Änderungen können derzeit nicht erfasst werden.',
		none: 'Noch keine Ziele.',
		failing: '{names} ist gestört. | {names} ist gestört. | {names} sind gestört.',
		invalid:
			'{names} hat ungültige Regeln oder Optionen. | {names} hat ungültige Regeln oder Optionen. | {names} haben ungültige Regeln oder Optionen.',
		failed:
			'Keine Zustellung an {names} ist endgültig fehlgeschlagen. | 1 Zustellung an {names} ist endgültig fehlgeschlagen. | {count} Zustellungen an {names} sind endgültig fehlgeschlagen.',
		incomplete: 'Manche Felder werden nicht an {names} gesendet.',
		held: '{names}: Wartepause erbeten.',
		retrying:
			'{names} hat die letzte Anfrage nicht angenommen. | {names} hat die letzte Anfrage nicht angenommen. | {names} haben die letzten Anfragen nicht angenommen.',
		paused:
			'{names} ist pausiert; die Änderungen warten. | {names} ist pausiert; die Änderungen warten. | {names} sind pausiert; die Änderungen warten.',
		conflicts:
			'Keine offenen Konflikte. | 1 Konflikt braucht eine Entscheidung. | {count} Konflikte brauchen eine Entscheidung.',
		behind:
			'1 Änderung wartet seit mehr als einer Minute. | 1 Änderung wartet seit mehr als einer Minute. | {count} Änderungen warten seit mehr als einer Minute.',
		on_the_way: '1 Änderung ist unterwegs. | 1 Änderung ist unterwegs. | {count} Änderungen sind unterwegs.',
		untried: 'Noch wurde nichts gesendet.',
		unused: 'Kein Ziel hat Regeln, also wird nichts gesendet.',
		up_to_date: 'Alles ist auf dem neuesten Stand.',
	},
	none_title: 'Noch keine Ziele',
	none_text:
		'Ein Flush-Ziel ist eine Website oder ein CDN, das Downstream benachrichtigt, wenn sich Inhalte ändern. Eine Gegenstelle ist ein anderes Directus, das mit diesem synchron gehalten wird.',
	create: 'Flush-Ziel erstellen',
	create_remote: 'Gegenstelle hinzufügen',
	incidents: 'Laufende Störungen',
	failing_for: 'Dauert schon {time}',
	failures: '1 fehlgeschlagene Anfrage | 1 fehlgeschlagene Anfrage | {count} fehlgeschlagene Anfragen',
	collected: '1 Änderung wartet | 1 Änderung wartet | {count} Änderungen warten',
	see_deliveries: 'Zustellungen ansehen',
	open_target: 'Ziel öffnen',
	diagnostics: 'Handlungsbedarf',
	targets: 'Ziele',
	pending: 'Wartend',
	lag: 'Rückstand',
	opens: 'Nächster Versand',
	conflicts: 'keine Konflikte | 1 offener Konflikt | {count} offene Konflikte',
	last_success: 'Letzter Erfolg',
	p95: 'p95',
	chart: 'Zustellungen pro Stunde',
	chart_summary:
		'In den letzten 24 Stunden kamen {delivered} Zustellungen an, {retried} wurden wiederholt und {failed} schlugen fehl.',
	hour_label: '{hour}: {delivered} zugestellt, {retried} wiederholt, {failed} fehlgeschlagen',
	delivered: 'Zugestellt',
	retried: 'Wiederholt',
	failed: 'Fehlgeschlagen',
	latency: 'Antwortzeit, p95 pro Stunde',
	latency_summary: 'p95 der langsamsten Stunde: {slowest}',
	latency_label: '{hour}: {time}',
	quiet: 'In den letzten 24 Stunden wurde nichts gesendet.',
	instance: 'Diese Instanz',
	version: 'Version',
	engine: 'Engine',
	nodes: 'Prozesse',
	oldest: 'Älteste wartende',
	failed_count: 'Fehlgeschlagene Zustellungen',
} satisfies SameKeys<typeof english>;
