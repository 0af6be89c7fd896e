import type { SameKeys } from '../use-words.js';
import type english from '../en-US/conditions.js';

export default {
	off_setting: 'Versturen staat uit op deze instantie. Wijzigingen staan in de wachtrij.',
	off_identity: 'Er wordt niets verstuurd tot een beheerder zegt wat er met deze instantie is gebeurd.',
	paused: 'Het is gepauzeerd. Wijzigingen staan in de wachtrij tot het wordt hervat.',
	invalid:
		'Een deel van de regels of opties is ongeldig. Herstel ze, dan worden de wijzigingen in de wachtrij verstuurd.',
	failing: 'Het blijft mislukken. Wijzigingen staan in de wachtrij. Volgende test: {time}.',
	failed:
		'1 bezorging is voorgoed mislukt en wordt niet herhaald. | {count} bezorgingen zijn voorgoed mislukt en worden niet herhaald.',
	conflicts_local:
		'1 conflict wacht op een beslissing op deze instantie. | {count} conflicten wachten op een beslissing op deze instantie.',
	conflicts_remote:
		'1 conflict wacht op een beslissing op de externe bron. | {count} conflicten wachten op een beslissing op de externe bron.',
	incomplete: '1 veld wordt niet verstuurd: {fields}. | {count} velden worden niet verstuurd: {fields}.',
	held: 'Het heeft om een pauze gevraagd. Wijzigingen staan in de wachtrij. Versturen gaat verder: {time}.',
	retrying:
		'Het laatste verzoek is mislukt. Er wacht niets om te herhalen. | 1 bezorging is mislukt en wordt herhaald. | {count} bezorgingen zijn mislukt en worden herhaald.',
	untried: 'Er is nog niets naartoe gestuurd.',
	unused: 'Het heeft geen regels, dus er wordt niets heen gestuurd.',
	healthy: 'Het laatste verzoek is aangenomen.',
	now: 'nu',
	try_now: 'Nu proberen',
	error: 'Laatste fout: {message}',
	queued: '1 bezorging in de wachtrij | {count} bezorgingen in de wachtrij',
	drain: 'over ongeveer {time} verstuurd',
	draft: 'Het is nog niet gepubliceerd, dus er wordt niets verstuurd.',
	archived: 'Het is gearchiveerd, dus er wordt niets verstuurd.',
} satisfies SameKeys<typeof english>;
