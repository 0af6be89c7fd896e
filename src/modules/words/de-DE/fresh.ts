import type { SameKeys } from '../use-words.js';
import type english from '../en-US/fresh.js';

export default {
	title: 'Zeit bis sichtbar',
	times: '{p50} (p95 {p95})',
	hint: 'Vom Speichern, bis Besucher die neue Seite bekamen, in den letzten 24 Stunden.',
	unseen: 'In den letzten 24 Stunden wurde keine neue Seite beobachtet.',
	stale: 'Keine Seite blieb veraltet | 1 Seite blieb veraltet | {count} Seiten blieben veraltet',
	summary: '{name}: Die Hälfte der Änderungen war nach {p50} für Besucher sichtbar, 95 % waren es nach {p95}',
	hour: '{hour}: {time}',
	quiet: '–',
} satisfies SameKeys<typeof english>;
