import type { SameKeys } from '../use-words.js';
import type english from '../en-US/targets.js';

export default {
	flush: {
		title: 'Flush-Ziele',
		create: 'Ziel erstellen',
		empty_title: 'Noch keine Flush-Ziele',
		empty_text:
			'Ein Flush-Ziel ist eine Website oder ein CDN, das Downstream benachrichtigt, wenn sich Inhalte ändern. Es ist in einer Minute erstellt.',
		none_title: 'Keine passenden Ziele',
		none_text: 'Kein Ziel hat diesen Text in Name, URL oder Sammlungen und dazu diesen Status.',
		waiting: '{count} wartend',
		unnamed: 'Ziel ohne Namen',
	},
	sync: {
		title: 'Gegenstellen',
		create: 'Gegenstelle hinzufügen',
		empty_title: 'Noch keine Gegenstellen',
		empty_text:
			'Eine Gegenstelle ist ein anderes Directus, das mit diesem synchron gehalten wird: ausgewählte Sammlungen, in eine Richtung oder in beide.',
		none_title: 'Keine passenden Gegenstellen',
		none_text: 'Keine Gegenstelle hat diesen Text in Name, URL oder Sammlungen und dazu diesen Status.',
		waiting: '{count} wartend, {lag} Rückstand',
		unnamed: 'Gegenstelle ohne Namen',
	},
	all: 'Alle',
	published: 'Veröffentlicht',
	draft: 'Entwürfe',
	archived: 'Archiviert',
	filter: 'Status',
	automatic: 'Automatische Tags',
	rules: 'Keine Regeln | 1 Regel | {count} Regeln',
	direction: {
		push: 'Nur senden',
		pull: 'Nur empfangen',
		both: 'Beide Richtungen',
	},
	fresh: 'sichtbar nach {p50} (p95 {p95})',
	success: 'Letzter Erfolg',
	conflicts: 'keine Konflikte | 1 Konflikt | {count} Konflikte',
	panel: 'Auf Elementseiten',
	link_copy: 'Kopie verknüpfen',
} satisfies SameKeys<typeof english>;
