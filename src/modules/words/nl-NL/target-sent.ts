import type { SameKeys } from '../use-words.js';
import type english from '../en-US/target-sent.js';

export default {
	title: 'Wat wordt verstuurd',
	automatic: 'Automatisch',
	recommended: 'Aanbevolen',
	automatic_about:
		'Een wijziging laat precies de pagina’s vervallen die haar tonen, en niemand schrijft regels: elk antwoord van Directus noemt met tags waaruit het is gemaakt, en pagina’s worden met die tags bewaard.',
	rules: 'Regels',
	rules_about:
		'Je bepaalt per collectie welke gebeurtenissen worden verstuurd, met welke velden, tags en paden. Voor webhooks die waarden nodig hebben, en voor sites die pagina’s niet met tags bewaren.',
	by_path:
		'{name} verwijdert per pad. Het krijgt de paden van de pagina’s die je front-end aan Directus meldt; zolang het niets meldt, wordt niets verwijderd.',
	to_automatic:
		'Vanaf het opslaan verstuurt elke wijziging de tags van de antwoorden die erdoor verouderen. | Vanaf het opslaan verstuurt elke wijziging de tags van de antwoorden die erdoor verouderen. 1 regel blijft bewaard en wordt niet gebruikt. | Vanaf het opslaan verstuurt elke wijziging de tags van de antwoorden die erdoor verouderen. {count} regels blijven bewaard en worden niet gebruikt.',
	to_automatic_site:
		'Laat je site of CDN de pagina’s eerst met deze tags bewaren: pagina’s met eigen tags vervallen niet meer.',
	to_rules:
		'Vanaf het opslaan wordt niets verstuurd totdat er een regel is. | Vanaf het opslaan worden wijzigingen verstuurd zoals 1 regel zegt. | Vanaf het opslaan worden wijzigingen verstuurd zoals {count} regels zeggen.',
	to_rules_site: 'Pagina’s die met de tags van antwoorden zijn bewaard, vervallen niet meer.',
	site: 'Wat je site nodig heeft',
	site_cdn:
		'Een CDN voor Directus of voor je pagina’s: zet DOWNSTREAM_RESPONSE_TAGS op de header die het leest, zoals Cache-Tag.',
	site_server:
		'Een front-end dat op een server rendert: collectTags() uit directus-extension-downstream/client verzamelt de tags van een pagina.',
	site_path: 'Verwijderen per pad: reportPages() uit hetzelfde pakket meldt aan Directus welke pagina wat toont.',
	collections: 'Collecties',
	all: 'Alle',
	all_note: 'Je eigen collecties, en bestanden.',
	only: 'Alleen deze',
	only_note:
		'Tags van andere collecties worden niet verstuurd. Rijen die deze tonen, zoals vertalingen, tellen toch mee.',
	add_collection: 'Collectie toevoegen',
	versions: 'Voorbeeldsite',
	versions_note:
		'Een site die concepten toont, hoort van inhoudsversies, met de tag van hun item. Laat het uit voor de live site, anders gooien concepten daar pagina’s weg.',
	versions_on: 'Ook wijzigingen van inhoudsversies sturen',
	dates: 'Datums die verstrijken',
	dates_note:
		'Verstrijkt de datum in een van deze velden, dan telt dat als wijziging hoewel niemand iets opslaat: voor pagina’s die op het huidige moment filteren.',
	add_dates: 'Datumveld toevoegen van …',
	add_date: 'Datumveld toevoegen',
	no_dates: 'Geen collectie heeft een datumveld.',
	drop: '{name} verwijderen',
	check: 'Tijd tot vers',
	check_note:
		'Na elke opdracht worden pagina’s die vervielen opgehaald zoals een bezoeker dat doet, totdat ze nieuw zijn.',
	check_paths: 'Welke pagina’s: die je front-end meldt, of die de regels met een pad noemen.',
	off: 'Uit',
	on: 'Meten',
} satisfies SameKeys<typeof english>;
