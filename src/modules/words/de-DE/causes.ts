import type { SameKeys } from '../use-words.js';
import type english from '../en-US/causes.js';

export default {
	cause: {
		lead: 'Zustellungen, die fehlgeschlagen sind oder auf einen neuen Versuch warten, nach Ursache.',
		count: '1 Zustellung | 1 Zustellung | {count} Zustellungen',
		show: 'Anzeigen',
		retry: 'Alle erneut senden',
		cancel: 'Alle abbrechen',
		about: '{code} bei {target}',
		of: '{action}: {code} bei {target}',
		empty_title: 'Keine gescheiterten Zustellungen',
		empty_text: 'Keine Zustellung ist fehlgeschlagen oder wartet auf einen neuen Versuch.',
	},
} satisfies SameKeys<typeof english>;
