import type { SameKeys } from '../use-words.js';
import type english from '../en-US/operations.js';

export default {
	what: 'Wat mensen met doelen, bezorgingen en conflicten deden: wie, wanneer, en waarom.',
	did: {
		pause: 'Pauzeren',
		resume: 'Hervatten',
		retry: 'Opnieuw versturen',
		cancel: 'Annuleren',
		flush: 'Flushen',
		test: 'Testen',
		backfill: 'Bijvullen',
		repair: 'Herstellen',
		undo: 'Terugdraaien',
		resolve: 'Oplossen',
	},
	deliveries: 'geen bezorging | één bezorging | {count} bezorgingen',
	rows: 'geen rij | één rij | {count} rijen',
	conflicts: 'geen conflict | één conflict | {count} conflicten',
	filter: 'Handeling',
	every: 'Elke handeling',
	target: 'Doel',
	every_target: 'Elk doel',
	itself: 'Downstream zelf',
	way: 'Bezorgingen bekijken',
	empty_title: 'Geen handelingen',
	empty_text:
		'Wie een doel pauzeert, bezorgingen opnieuw verstuurt of annuleert, flusht, herstelt of terugdraait, staat hier.',
	none_title: 'Geen handeling past',
	none_text: 'Van deze soort is er geen op dit doel.',
} satisfies SameKeys<typeof english>;
