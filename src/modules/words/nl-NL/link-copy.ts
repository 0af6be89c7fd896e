import type english from '../en-US/link-copy.js';
import type { SameKeys } from '../use-words.js';

export default {
	title: 'Kopie koppelen',
	about:
		'Voor een instantie waarvan de database een kopie van een andere is, zoals staging van productie. Elk item wordt gekoppeld aan het item met dezelfde sleutel in het origineel. Er wordt niets verdubbeld, en er wordt niets verzonden voordat je het vrijgeeft of overbrengt.',
	held_title: 'Is deze instantie een kopie?',
	held_text:
		'Ze houdt alles vast tot je dat zegt. Als kopie krijgt ze een eigen identiteit: leveringen die zijn meegekomen vervallen, en flush-doelen en bronnen worden concepten. Het origineel blijft zoals het is.',
	held_verb: 'Dit is een kopie',
	held_confirm:
		'Leveringen die met de database zijn meegekomen vervallen, en alle flush-doelen en bronnen van deze instantie worden concepten. Dit kan niet ongedaan worden gemaakt.',
	url: 'URL van het origineel',
	token: 'Toegangstoken',
	token_note:
		'Van een beheerder van het origineel, of van de gebruiker “Data Sync Directus” daar. Het wordt bij de bron bewaard.',
	name: 'Naam van de bron (optioneel)',
	preview: 'Voorbeeld',
	comparing: '{collection} wordt vergeleken: {done} van {all} collecties…',
	stop: 'Stoppen',
	nothing: 'Deze instantie heeft geen collectie die gesynchroniseerd kan worden.',
	equal: 'Alle items zijn aan beide kanten gelijk.',
	collection: 'Collectie',
	by: 'Herkend aan',
	only_item: 'het enige item',
	same: 'Zelfde item',
	different: 'Sindsdien bewerkt',
	missing_here: 'Alleen in het origineel',
	missing_there: 'Alleen in deze instantie',
	apart: 'Nieuw in deze instantie',
	apart_note:
		'Items die sinds de kopie aan beide kanten zijn gemaakt kunnen toevallig hetzelfde nummer hebben. Die van deze instantie blijven items op zichzelf.',
	problems:
		'Deze collecties worden niet gekoppeld: | Deze collectie wordt niet gekoppeld: | Deze {count} collecties worden niet gekoppeld:',
	link: 'Koppelen',
	linking: 'Er wordt nog eens vergeleken, en gekoppeld. Dit kan minuten duren…',
	linked: 'Gekoppeld, alleen met vrijgaven: er wordt niets verzonden voordat je het vrijgeeft of overbrengt.',
	open: 'Bron openen',
} satisfies SameKeys<typeof english>;
