import type { SameKeys } from '../use-words.js';
import type english from '../en-US/bulk.js';

export default {
	bulk: {
		retry_title: 'Bezorgingen opnieuw versturen?',
		retry_what:
			'Elke wordt opnieuw verstuurd, met al haar pogingen en een nieuwe webhook-id. Wat wacht of wordt verstuurd, blijft zoals het is.',
		retry_again:
			'1 ervan is al aangekomen en wordt NOG EENS verstuurd. | 1 ervan is al aangekomen en wordt NOG EENS verstuurd. | {count} ervan zijn al aangekomen en worden NOG EENS verstuurd.',
		retry_verb: '1 opnieuw versturen | 1 opnieuw versturen | {count} opnieuw versturen',
		cancel_title: 'Bezorgingen annuleren?',
		cancel_what:
			'Ze worden niet meer verstuurd, en hun doelen horen niet van deze wijzigingen. Wat nu wordt verstuurd, gaat door. Met opnieuw versturen maak je dit ongedaan.',
		cancel_verb: '1 bezorging annuleren | 1 bezorging annuleren | {count} bezorgingen annuleren',
		keep: 'Behouden',
		which: 'Welke ervan?',
		none: 'Geen ervan kan zo worden gewijzigd.',
		retry_none:
			'Alleen wat is mislukt, op een volgende poging wacht, is geannuleerd of is aangekomen kan opnieuw worden verstuurd.',
		cancel_none: 'Alleen wat wacht of is mislukt kan worden geannuleerd.',
		counting: 'Tellen …',
		more_than: 'meer dan {count}',
	},
	run: {
		title: 'Bulkactie',
		progress: '{delivered} van {total} bezorgd',
		failed: '1 mislukt | 1 mislukt | {count} mislukt',
		cancelled: '1 geannuleerd | 1 geannuleerd | {count} geannuleerd',
		open: 'nog 1 | nog 1 | nog {count}',
		over: 'Klaar.',
		cancel_done:
			'Er is niets geannuleerd: er wachtte niets meer. | 1 bezorging is geannuleerd. | {count} bezorgingen zijn geannuleerd.',
		nothing: 'Er viel niets meer opnieuw te versturen.',
		show: 'Tonen',
		cancel_rest: 'De rest annuleren',
		dismiss: 'Sluiten',
	},
	searched: 'Gezocht in de laatste {count} bezorgingen die de andere filters overlaten.',
	look_further: 'Verder terug zoeken',
	from_newest: 'Terug naar de nieuwste',
	older_part: 'Dit deel is ouder dan wat eerder is doorzocht.',
	empty_title: 'Er is nog niets verstuurd',
	empty_text:
		'Publiceer een flush-doel en wijzig daarna een item waar een van zijn regels over gaat. Wat wordt verstuurd, verschijnt hier.',
	to_targets: 'Naar de flush-doelen',
	none_title: 'Geen resultaten',
	none_text: 'Geen bezorging voldoet aan deze filters. Wat is bezorgd, wordt na de bewaartermijn verwijderd.',
	page_gone: 'Op deze pagina staan geen rijen meer',
	first_page: 'Naar de eerste pagina',
	selected: '1 geselecteerd | 1 geselecteerd | {count} geselecteerd',
	selected_page: 'Alle van deze pagina zijn geselecteerd.',
	selected_all: 'Alle {count} resultaten zijn geselecteerd.',
	select_all: 'Alle {count} resultaten selecteren',
	select_none: 'Niets selecteren',
} satisfies SameKeys<typeof english>;
