import type { SameKeys } from '../use-words.js';
import type english from '../en-US/item-panel.js';

export default {
	title: 'Downstream',
	flush: 'Nu flushen',
	flush_title: 'Dit item flushen?',
	flush_text:
		'1 doel hoort dat de pagina’s van dit item verouderd zijn: {names}. | 1 doel hoort dat de pagina’s van dit item verouderd zijn: {names}. | {count} doelen horen dat de pagina’s van dit item verouderd zijn: {names}.',
	flushed: '1 bezorging in de wachtrij. | 1 bezorging in de wachtrij. | {count} bezorgingen in de wachtrij.',
	unsaved: 'Sla het item eerst op; daarna staat hier waar het is bezorgd.',
	no_target: 'Geen gepubliceerd flush-doel gaat over deze collectie.',
	editor: {
		live: 'Live',
		stale: 'Verstuurd, maar {path} toont nog de oude pagina',
		on_the_way: 'Onderweg',
		late: 'Nog niet live: het wordt verstuurd zodra dat weer kan',
		failed: 'Niet live: het is niet aangenomen. Vraag een beheerder',
		conflict: 'Wacht: het is op beide instanties gewijzigd, en iemand moet beslissen',
		nothing: 'Geen pagina toont het',
		never: 'Nog niet verstuurd',
	},
	live: '{time} na het opslaan live op de site',
	still_old: '{path} toont nog de oude pagina',
	pages:
		'Pagina’s die dit item tonen: geen gemeld | Pagina’s die dit item tonen: 1 | Pagina’s die dit item tonen: {count}',
	maybe: 'misschien: ze toont wat niet te onderscheiden is, zoals een zoekresultaat',
	more_pages: 'en nog {count}',
	no_pages:
		'Je front-end heeft geen pagina gemeld die dit item toont. Zodra het zijn pagina’s meldt met reportPages() uit directus-extension-downstream/client, staan ze hier en worden ze per pad verwijderd.',
	all: 'Alle bezorgingen van dit item',
	promote: 'Overbrengen…',
	never_sent: 'Nog niet verstuurd',
	not_matched: 'Niet verstuurd: {reason}',
} satisfies SameKeys<typeof english>;
