import type { SameKeys } from '../use-words.js';
import type english from '../en-US/incidents.js';

export default {
	what: 'Een periode waarin een doel bleef falen, tot een verzoek slaagde.',
	running: 'Lopend',
	resolved: 'Opgelost',
	all: 'Alle',
	filter: 'Status',
	target: 'Doel',
	every_target: 'Alle doelen',
	lasted: 'duurde {time}',
	since: 'al {time}',
	failures: '1 mislukt verzoek | 1 mislukt verzoek | {count} mislukte verzoeken',
	deliveries: 'Bezorgingen bekijken',
	empty_title: 'Geen incidenten',
	empty_text: 'Nog geen doel heeft gefaald. Gebeurt dat, dan staat hier wanneer, waarom, en of het voorbij is.',
	none_title: 'Geen resultaten',
	none_text: 'Geen incident voldoet aan deze filters.',
} satisfies SameKeys<typeof english>;
