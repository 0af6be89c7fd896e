import type { SameKeys } from '../use-words.js';
import type english from '../en-US/overview.js';

export default {
	title: 'Overzicht',
	sentence: {
		off: 'Versturen staat uit; {count} wijzigingen zijn verzameld.',
		broken: 'Wijzigingen kunnen op dit moment niet worden vastgelegd.',
		none: 'Nog niemand hoort van wijzigingen.',
		failing: '{names} blijft falen. | {names} blijft falen. | {names} blijven falen.',
		invalid:
			'{names} heeft ongeldige regels of opties. | {names} heeft ongeldige regels of opties. | {names} hebben ongeldige regels of opties.',
		refused:
			'{names} heeft bezorgingen voorgoed geweigerd. | {names} heeft bezorgingen voorgoed geweigerd. | {names} hebben bezorgingen voorgoed geweigerd.',
		held: '{names} heeft gevraagd een tijd met rust gelaten te worden. | {names} heeft gevraagd een tijd met rust gelaten te worden. | {names} hebben gevraagd een tijd met rust gelaten te worden.',
		retrying:
			'{names} nam het laatste verzoek niet aan; het wordt herhaald. | {names} nam het laatste verzoek niet aan; het wordt herhaald. | {names} namen de laatste verzoeken niet aan; ze worden herhaald.',
		paused:
			'{names} is gepauzeerd; de wijzigingen worden verzameld. | {names} is gepauzeerd; de wijzigingen worden verzameld. | {names} zijn gepauzeerd; de wijzigingen worden verzameld.',
		conflicts:
			'Er wacht geen conflict. | Eén conflict tussen instanties wacht op een beslissing. | {count} conflicten tussen instanties wachten op een beslissing.',
		behind: '{count} wijzigingen wachten al meer dan een minuut.',
		on_their_way: 'Eén wijziging is onderweg. | Eén wijziging is onderweg. | {count} wijzigingen zijn onderweg.',
		in_step: 'Alles stroomafwaarts loopt gelijk.',
	},
	none_title: 'Nog niets om gelijk te houden',
	none_text:
		'Een flush-doel is een front-end of CDN dat hoort welke pagina’s verouderd zijn. Maak er een: waar het staat, welke collecties het toont, en publiceer het. Een externe bron is een andere Directus die gelijk wordt gehouden met deze.',
	create_remote: 'Externe bron toevoegen',
	create: 'Flush-doel maken',
	incidents: 'Lopende incidenten',
	failing_for: 'Faalt al {time}',
	failures: 'Eén mislukt verzoek | Eén mislukt verzoek | {count} mislukte verzoeken',
	collected: 'Eén wijziging verzameld | Eén wijziging verzameld | {count} wijzigingen verzameld',
	see_deliveries: 'Bezorgingen bekijken',
	open_target: 'Doel openen',
	diagnostics: 'Wat aandacht vraagt',
	targets: 'Doelen',
	pending: 'Wacht',
	lag: 'Achterstand',
	opens: 'Wordt weer verzonden',
	conflicts: 'geen conflicten | één conflict wacht | {count} conflicten wachten',
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
	waiting: 'Wacht',
	oldest: 'Oudste wachtende',
	failed_count: 'Mislukte bezorgingen',
} satisfies SameKeys<typeof english>;
