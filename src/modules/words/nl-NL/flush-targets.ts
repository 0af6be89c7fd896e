import type { SameKeys } from '../use-words.js';
import type english from '../en-US/flush-targets.js';

export default {
	title: 'Flush-doelen',
	create: 'Doel maken',
	empty_title: 'Nog geen flush-doelen',
	empty_text:
		'Een flush-doel is een front-end of CDN dat hoort welke pagina’s verouderd zijn. Er een maken kost een minuut.',
	none_title: 'Geen doel past',
	none_text: 'Geen doel heeft deze tekst in naam, URL of collecties, en deze status.',
	all: 'Alle',
	published: 'Gepubliceerd',
	draft: 'Concepten',
	archived: 'Gearchiveerd',
	filter: 'Status',
	rules: 'Geen regels | Eén regel | {count} regels',
	waiting: '{count} wachten',
	success: 'Laatste succes',
	panel: 'Op itempagina’s',
	panel_text:
		'Een paneel op de pagina van een item zegt waar het is bezorgd, waar het faalt, en flusht het. Alleen beheerders zien het.',
	panel_add: 'Toevoegen',
	panel_add_title: 'Paneel toevoegen?',
	panel_add_text:
		'Het formulier van {collection} krijgt een presentatieveld dat het paneel toont. Het slaat niets op en kan als elk veld worden verplaatst of verwijderd.',
	panel_remove: 'Verwijderen',
	panel_remove_title: 'Paneel verwijderen?',
	panel_remove_text:
		'Het veld dat het paneel toont wordt uit het formulier van {collection} verwijderd. Er gaan geen gegevens verloren.',
	unnamed: 'Naamloos doel',
} satisfies SameKeys<typeof english>;
