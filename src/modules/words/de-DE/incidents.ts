import type { SameKeys } from '../use-words.js';
import type english from '../en-US/incidents.js';

export default {
	what: 'Ein Zeitraum, in dem Anfragen an ein Ziel immer wieder fehlschlugen, bis eine gelang.',
	running: 'Laufend',
	resolved: 'Behoben',
	all: 'Alle',
	filter: 'Zustand',
	target: 'Ziel',
	every_target: 'Alle Ziele',
	lasted: 'dauerte {time}',
	since: 'dauert schon {time}',
	failures: '1 fehlgeschlagene Anfrage | 1 fehlgeschlagene Anfrage | {count} fehlgeschlagene Anfragen',
	deliveries: 'Zustellungen anzeigen',
	empty_title: 'Keine Störungen',
	empty_text: 'Bisher war kein Ziel gestört. Falls es dazu kommt, steht hier, seit wann, warum und ob es vorbei ist.',
	none_title: 'Keine passenden Störungen',
	none_text: 'Zu diesen Filtern passt keine Störung.',
} satisfies SameKeys<typeof english>;
