import type { SameKeys } from '../use-words.js';
import type english from '../en-US/first-steps.js';

export default {
	one: 'Installieren Sie Downstream auch im anderen Directus.',
	two: 'Öffnen Sie dort den Benutzer „Data Sync Directus“ und generieren Sie ein Token.',
	three:
		'Fügen Sie hier die Gegenstelle hinzu: URL, Token und Sammlungen. Die Verbindungsprüfung nennt, was noch fehlt.',
} satisfies SameKeys<typeof english>;
