import type { SameKeys } from '../use-words.js';
import type english from '../en-US/flush-target.js';

export default {
	flush: {
		title: 'Flush-Ziel',
		new: 'Neues Flush-Ziel',
		unnamed: 'Ziel ohne Namen',
	},
	sync: {
		title: 'Gegenstelle',
		new: 'Neue Gegenstelle',
		unnamed: 'Gegenstelle ohne Namen',
	},
	parts: 'Bereiche des Ziels',
	tab: {
		check: 'Verbindung',
		compare: 'Vergleichen & nachliefern',
		start: 'Start',
		settings: 'Einstellungen',
		rules: 'Regeln',
		automatic: 'Tags',
		preview: 'Vorschau',
		deliveries: 'Zustellungen',
		promote: 'Übertragen',
	},
	save: 'Speichern',
	publish: 'Veröffentlichen',
	save_publish: 'Speichern und veröffentlichen',
	test: 'Testen',
	flush_now: 'Flush',
	pause: 'Pausieren',
	resume: 'Fortsetzen',
	waiting: '{count} wartend',
	last_success: 'Letzter Erfolg',
	url_missing: 'Geben Sie eine URL ein.',
	url_wrong: 'Geben Sie eine URL ein, die mit https:// oder http:// beginnt.',
	url_taken: 'Ein anderes Flush-Ziel hat diese URL.',
	problems: 'Keine Probleme | 1 Problem | {n} Probleme',
} satisfies SameKeys<typeof english>;
