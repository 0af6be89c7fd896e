import type { SameKeys } from '../use-words.js';
import type english from '../en-US/state-hints.js';

export default {
	healthy: 'Het laatste verzoek is aangenomen.',
	degraded: 'De laatste poging is mislukt en wordt herhaald.',
	open: 'Het blijft mislukken. Wijzigingen staan in de wachtrij; af en toe test één verzoek of het weer werkt.',
	paused: 'Er wordt niets verstuurd. Wijzigingen staan in de wachtrij tot iemand het doel hervat.',
	invalid:
		'Een deel van de regels of opties is ongeldig. Herstel ze, dan worden de wijzigingen in de wachtrij verstuurd.',
	failed: 'Het heeft bezorgingen geweigerd. Kijk waarom, en herhaal of annuleer ze.',
	held: 'Het heeft om een pauze gevraagd. Tot dan staan wijzigingen in de wachtrij; hervat het om ze nu te versturen.',
	unused: 'Het heeft geen regels, dus er wordt niets heen gestuurd.',
	draft: 'Het is nog niet gepubliceerd, dus er wordt niets verstuurd.',
	archived: 'Het is gearchiveerd, dus er wordt niets verstuurd.',
} satisfies SameKeys<typeof english>;
