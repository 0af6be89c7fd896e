import type { SameKeys } from '../use-words.js';
import type english from '../en-US/overview.js';

export default {
	title: 'Overzicht',
	sentence: {
		off: 'Versturen staat uit; er staat niets in de wachtrij. | Versturen staat uit; 1 wijziging staat in de wachtrij. | Versturen staat uit; {count} wijzigingen staan in de wachtrij.',
		identity: 'Er wordt niets verstuurd tot een beheerder zegt wat er met deze instantie is gebeurd.',
		broken: 'Wijzigingen kunnen op dit moment niet worden vastgelegd.',
		none: 'Nog geen doelen.',
		failing: '{names} blijft falen. | {names} blijft falen. | {names} blijven falen.',
		invalid:
			'{names} heeft ongeldige regels of opties. | {names} heeft ongeldige regels of opties. | {names} hebben ongeldige regels of opties.',
		failed:
			'Er is geen bezorging aan {names} voorgoed mislukt. | 1 bezorging aan {names} is voorgoed mislukt. | {count} bezorgingen aan {names} zijn voorgoed mislukt.',
		incomplete: 'Sommige velden worden niet naar {names} verstuurd.',
		held: '{names}: gevraagd om een pauze.',
		retrying:
			'{names} nam het laatste verzoek niet aan. | {names} nam het laatste verzoek niet aan. | {names} namen de laatste verzoeken niet aan.',
		paused:
			'{names} is gepauzeerd; de wijzigingen staan in de wachtrij. | {names} is gepauzeerd; de wijzigingen staan in de wachtrij. | {names} zijn gepauzeerd; de wijzigingen staan in de wachtrij.',
		conflicts:
			'Geen open conflicten. | 1 conflict wacht op een beslissing. | {count} conflicten wachten op een beslissing.',
		behind:
			'1 wijziging staat al meer dan een minuut in de wachtrij. | 1 wijziging staat al meer dan een minuut in de wachtrij. | {count} wijzigingen staan al meer dan een minuut in de wachtrij.',
		on_the_way: '1 wijziging is onderweg. | 1 wijziging is onderweg. | {count} wijzigingen zijn onderweg.',
		untried: 'Er is nog niets verstuurd.',
		unused: 'Geen doel heeft regels, dus er wordt niets verstuurd.',
		up_to_date: 'Alles is bijgewerkt.',
	},
	none_title: 'Nog geen doelen',
	none_text:
		'Een flush-doel is een site of CDN dat van Downstream hoort wanneer inhoud wijzigt. Een externe bron is een andere Directus die met deze gelijk wordt gehouden.',
	create_remote: 'Externe bron toevoegen',
	create: 'Flush-doel maken',
	incidents: 'Lopende incidenten',
	failing_for: 'Faalt al {time}',
	failures: '1 mislukt verzoek | 1 mislukt verzoek | {count} mislukte verzoeken',
	collected: '1 wijziging in de wachtrij | 1 wijziging in de wachtrij | {count} wijzigingen in de wachtrij',
	see_deliveries: 'Bezorgingen bekijken',
	open_target: 'Doel openen',
	diagnostics: 'Wat aandacht vraagt',
	targets: 'Doelen',
	pending: 'In de wachtrij',
	lag: 'Achterstand',
	opens: 'Wordt weer verzonden',
	conflicts: 'geen conflicten | 1 open conflict | {count} open conflicten',
	last_success: 'Laatste succes',
	p95: 'p95',
	chart: 'Bezorgingen per uur',
	chart_summary:
		'In de laatste 24 uur kwamen {delivered} bezorgingen aan, werden {retried} herhaald en mislukten er {failed}.',
	hour_label: '{hour}: {delivered} bezorgd, {retried} herhaald, {failed} mislukt',
	delivered: 'Bezorgd',
	retried: 'Herhaald',
	failed: 'Mislukt',
	latency: 'Antwoordtijd, p95 per uur',
	latency_summary: 'Het traagste uur had een p95 van {slowest}.',
	latency_label: '{hour}: {time}',
	quiet: 'In de laatste 24 uur is niets verstuurd.',
	instance: 'Deze instantie',
	version: 'Versie',
	engine: 'Engine',
	nodes: 'Processen',
	oldest: 'Oudste in de wachtrij',
	failed_count: 'Mislukte bezorgingen',
} satisfies SameKeys<typeof english>;
