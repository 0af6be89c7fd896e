import type { SameKeys } from '../use-words.js';
import type english from '../en-US/target-sent.js';

export default {
	title: 'Was gesendet wird',
	automatic: 'Automatisch',
	recommended: 'Empfohlen',
	automatic_about:
		'Eine Änderung verwirft genau die Seiten, die sie betrifft, ganz ohne Regeln: Jede Antwort von Directus nennt in Tags die Inhalte, aus denen sie entstanden ist, und Seiten werden unter diesen Tags gespeichert.',
	rules: 'Regeln',
	rules_about:
		'Sie legen für jede Sammlung fest, welche Ereignisse mit welchen Feldern, Tags und Pfaden gesendet werden. Für Webhooks, die Werte brauchen, und für Websites, die Seiten nicht unter Tags speichern.',
	by_path:
		'{name} leert nach Pfad. Gesendet werden die Pfade der Seiten, die Ihr Frontend an Directus meldet; solange es keine meldet, wird nichts geleert.',
	to_automatic:
		'Ab dem nächsten Speichern sendet jede Änderung die Tags der Antworten, die durch sie veralten. | Ab dem nächsten Speichern sendet jede Änderung die Tags der Antworten, die durch sie veralten. 1 Regel bleibt erhalten, wird aber nicht verwendet. | Ab dem nächsten Speichern sendet jede Änderung die Tags der Antworten, die durch sie veralten. {count} Regeln bleiben erhalten, werden aber nicht verwendet.',
	to_automatic_site:
		'Ihre Website oder Ihr CDN muss die Seiten vorher unter diesen Tags speichern: Seiten mit eigenen Tags werden nicht mehr verworfen.',
	to_rules:
		'Ab dem nächsten Speichern wird nichts gesendet, bis es eine Regel gibt. | Ab dem nächsten Speichern werden Änderungen nach 1 Regel gesendet. | Ab dem nächsten Speichern werden Änderungen nach {count} Regeln gesendet.',
	to_rules_site: 'Seiten, die unter den Tags von Antworten gespeichert sind, werden nicht mehr verworfen.',
	site: 'Was Ihre Website braucht',
	site_cdn:
		'Ein CDN vor Directus oder vor Ihren Seiten: Setzen Sie DOWNSTREAM_RESPONSE_TAGS auf den Header, den es liest, etwa Cache-Tag.',
	site_server:
		'Ein Frontend, das auf einem Server rendert: collectTags() aus directus-extension-downstream/client sammelt die Tags einer Seite.',
	site_path: 'Leeren nach Pfad: reportPages() aus demselben Paket meldet Directus, welche Seite was zeigt.',
	collections: 'Sammlungen',
	all: 'Alle',
	all_note: 'Ihre eigenen Sammlungen, und Dateien.',
	only: 'Nur diese',
	only_note:
		'Tags anderer Sammlungen werden nicht gesendet. Zeilen, die in diesen Sammlungen erscheinen, etwa Übersetzungen, zählen trotzdem.',
	add_collection: 'Sammlung hinzufügen',
	versions: 'Vorschau-Website',
	versions_note:
		'Für eine Website, die Entwürfe zeigt: Sie erfährt auch von Inhaltsversionen, durch das Tag ihres Elements. Bei der öffentlichen Website ausgeschaltet lassen, sonst verwerfen Entwürfe deren Seiten.',
	versions_on: 'Auch Änderungen von Inhaltsversionen senden',
	dates: 'Verstreichende Daten',
	dates_note:
		'Verstreicht das Datum in einem dieser Felder, gilt das als Aktualisierung, obwohl niemand speichert: für Seiten, die nach dem jetzigen Zeitpunkt filtern.',
	add_dates: 'Datumsfeld hinzufügen aus …',
	add_date: 'Datumsfeld hinzufügen',
	no_dates: 'Keine Sammlung hat ein Datumsfeld.',
	drop: '{name} entfernen',
	check: 'Zeit bis sichtbar',
	check_note: 'Nach jedem Leeren werden verworfene Seiten abgerufen, wie ein Besucher es täte, bis sie neu sind.',
	check_paths: 'Welche Seiten: die Ihr Frontend meldet oder die Regeln als Pfad nennen.',
	off: 'Aus',
	on: 'Messen',
} satisfies SameKeys<typeof english>;
