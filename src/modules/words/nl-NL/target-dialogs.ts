import type english from '../en-US/target-dialogs.js';
import type { SameKeys } from '../use-words.js';

export default {
	more: 'Meer',
	act: {
		discard: 'Wijzigingen verwerpen',
		unpublish: 'Publicatie intrekken',
		archive: 'Archiveren',
		restore: 'Terugzetten als concept',
		delete: 'Verwijderen',
	},
	unpublish_title: 'Publicatie van {name} intrekken?',
	unpublish_text: 'Nieuwe wijzigingen worden niet naar dit doel gestuurd.',
	unpublish_verb: 'Intrekken',
	archive_title: '{name} archiveren?',
	archive_text:
		'Nieuwe wijzigingen worden niet naar dit doel gestuurd, en het verdwijnt uit de lijsten. Het kan worden teruggezet.',
	archive_verb: 'Archiveren',
	delete_title: '{name} verwijderen?',
	delete_text: 'Het doel, zijn regels en zijn geheimen worden verwijderd. Dat kan niet ongedaan worden gemaakt.',
	delete_verb: 'Verwijderen',
	delete_waiting:
		'Er wacht geen bezorging. | 1 wachtende bezorging wordt geannuleerd. | {n} wachtende bezorgingen worden geannuleerd.',
	stop_waiting: 'Er wacht geen bezorging. | Er wacht 1 bezorging. | Er wachten {n} bezorgingen.',
	leave_title: 'Niet opgeslagen wijzigingen',
	leave_text: 'Wat je hier hebt gewijzigd, is nog niet opgeslagen. Als je nu weggaat, is het verloren.',
	leave_discard: 'Wijzigingen verwerpen',
	leave_stay: 'Verder bewerken',
	moved_title: 'Iemand anders heeft intussen opgeslagen',
	moved_text:
		'Dit doel is door iemand anders opgeslagen nadat je het had geopend. Laad opnieuw om die versie te zien, dan vervallen je wijzigingen, of overschrijf: van wat jullie allebei hebben gewijzigd, blijft dat van jou.',
	moved_reload: 'Opnieuw laden',
	moved_overwrite: 'Overschrijven',
	pause_title: 'Dit doel pauzeren?',
	pause_text:
		'Er wordt niets verstuurd tot iemand het hervat. Wijzigingen staan intussen in de wachtrij; er gaat niets verloren.',
	reason: 'Reden (zichtbaar voor andere beheerders)',
	paused_by: 'Gepauzeerd door {name}',
	paused_itself: 'Automatisch gepauzeerd:',
	resume_title: 'Dit doel hervatten?',
	resume_text:
		'Er staat niets in de wachtrij; nieuwe wijzigingen worden vanaf nu verstuurd. | 1 wijziging in de wachtrij wordt meteen verstuurd. | {count} wijzigingen in de wachtrij worden meteen verstuurd, de oudste eerst.',
	latest: 'Laatste bezorgingen',
	all_deliveries: 'Alle bezorgingen',
	no_deliveries: 'Naar dit doel is nog niets verstuurd.',
	incidents: 'Incidenten',
	all_incidents: 'Alle incidenten',
	no_incidents: 'Het heeft nog nooit lang gefaald.',
	is_running: 'Aan de gang',
	is_over: 'Opgelost',
	failures: 'Geen mislukkingen | 1 mislukking | {count} mislukkingen',
	saved: 'Opgeslagen.',
	wrong:
		'Er is niets verloren. | 1 ding moet eerst worden hersteld; het is hieronder gemarkeerd. | {n} dingen moeten eerst worden hersteld; ze zijn hieronder gemarkeerd.',
	wrong_json: 'De regels zijn nog geen JSON, dus ze kunnen niet worden opgeslagen. Hieronder staat waar het misgaat.',
	conflicts: 'Geen conflicten | 1 conflict wacht op een beslissing | {count} conflicten wachten op een beslissing',
	published: {
		flush: 'Gepubliceerd. Wijzigingen worden vanaf nu verstuurd; de eerste verschijnt onder Bezorgingen.',
		sync: 'Gepubliceerd. Wijzigingen worden vanaf nu uitgewisseld; de controle hieronder zegt of dat kan.',
	},
} satisfies SameKeys<typeof english>;
