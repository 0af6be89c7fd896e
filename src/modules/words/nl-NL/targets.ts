import type { SameKeys } from '../use-words.js';
import type english from '../en-US/targets.js';

export default {
	flush: {
		title: 'Flush-doelen',
		create: 'Doel maken',
		empty_title: 'Nog geen flush-doelen',
		empty_text:
			'Een flush-doel is een site of CDN dat van Downstream hoort wanneer inhoud wijzigt. Er een maken kost een minuut.',
		none_title: 'Geen resultaten',
		none_text: 'Geen doel heeft deze tekst in naam, URL of collecties, en deze status.',
		waiting: '{count} in de wachtrij',
		unnamed: 'Naamloos doel',
	},
	sync: {
		title: 'Externe bronnen',
		create: 'Bron toevoegen',
		empty_title: 'Nog geen externe bronnen',
		empty_text:
			'Een externe bron is een andere Directus die gelijk wordt gehouden met deze: sommige collecties, één kant op of beide.',
		none_title: 'Geen resultaten',
		none_text: 'Geen bron heeft deze tekst in naam, URL of collecties, en deze status.',
		waiting: '{count} in de wachtrij, {lag} achter',
		unnamed: 'Naamloze bron',
	},
	all: 'Alle',
	published: 'Gepubliceerd',
	draft: 'Concepten',
	archived: 'Gearchiveerd',
	filter: 'Status',
	automatic: 'Automatische tags',
	rules: 'Geen regels | 1 regel | {count} regels',
	direction: { push: 'Deze instantie → bron', pull: 'Bron → deze instantie', both: 'Beide kanten op' },
	fresh: 'vers na {p50} (p95 {p95})',
	success: 'Laatst gelukt',
	conflicts: 'geen conflicten | 1 conflict | {count} conflicten',
	panel: 'Op itempagina’s',
	link_copy: 'Kopie koppelen',
} satisfies SameKeys<typeof english>;
