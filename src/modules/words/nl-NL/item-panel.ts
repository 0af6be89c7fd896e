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
	no_target: 'Geen gepubliceerd flush-doel heeft een regel over deze collectie.',
	all: 'Alle bezorgingen van dit item',
	promote: 'Overbrengen…',
	never_sent: 'Nog niet verstuurd',
	not_matched: 'Niet verstuurd: {reason}',
} satisfies SameKeys<typeof english>;
