import type { SameKeys } from '../use-words.js';
import type english from '../en-US/flush-target.js';

export default {
	flush: {
		title: 'Flush-doel',
		new: 'Nieuw flush-doel',
		unnamed: 'Naamloos doel',
	},
	sync: {
		title: 'Externe bron',
		new: 'Nieuwe externe bron',
		unnamed: 'Naamloze bron',
	},
	parts: 'Onderdelen van het doel',
	tab: {
		check: 'Verbinding',
		compare: 'Vergelijken & bijvullen',
		start: 'Begin',
		settings: 'Instellingen',
		rules: 'Regels',
		automatic: 'Tags',
		preview: 'Voorbeeld',
		deliveries: 'Bezorgingen',
		promote: 'Overbrengen',
	},
	save: 'Opslaan',
	publish: 'Publiceren',
	save_publish: 'Opslaan en publiceren',
	test: 'Testen',
	flush_now: 'Flushen',
	pause: 'Pauzeren',
	resume: 'Hervatten',
	waiting: '{count} wachten',
	last_success: 'Laatste succes',
	url_missing: 'De URL ontbreekt: zonder URL is er niets om naar te sturen.',
	url_wrong: 'Dit is geen webadres; dat begint met https:// of http://.',
	url_taken: 'Een ander flush-doel heeft deze URL al.',
	problems: 'Geen problemen | 1 probleem | {n} problemen',
} satisfies SameKeys<typeof english>;
