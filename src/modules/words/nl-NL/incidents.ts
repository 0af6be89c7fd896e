import type { SameKeys } from '../use-words.js';
import type english from '../en-US/incidents.js';

export default {
	what: 'Een periode waarin een doel faalt: van het eerste mislukte verzoek tot het eerste dat weer is aangenomen.',
	running: 'Lopend',
	resolved: 'Voorbij',
	all: 'Alle',
	filter: 'Staat',
	target: 'Doel',
	every_target: 'Elk doel',
	lasted: 'duurde {time}',
	since: 'al {time}',
	failures: 'Eén mislukt verzoek | Eén mislukt verzoek | {count} mislukte verzoeken',
	deliveries: 'Bezorgingen bekijken',
	empty_title: 'Geen incidenten',
	empty_text: 'Nog geen doel heeft gefaald. Gebeurt dat, dan staat hier wanneer, waarom, en of het voorbij is.',
	none_title: 'Geen incident past',
	none_text: 'Van dit doel en deze staat is er geen.',
} satisfies SameKeys<typeof english>;
