import type { SameKeys } from '../use-words.js';
import type english from '../en-US/causes.js';

export default {
	cause: {
		lead: 'Bezorgingen die zijn mislukt of op een volgende poging wachten, naar wat er misging.',
		count: 'Eén bezorging | Eén bezorging | {count} bezorgingen',
		show: 'Tonen',
		retry: 'Alle opnieuw',
		cancel: 'Alle annuleren',
		about: '{code} van {target}',
		of: '{action}: {code} van {target}',
		empty_title: 'Er mislukt niets',
		empty_text: 'Geen bezorging is mislukt of wacht op een volgende poging.',
	},
} satisfies SameKeys<typeof english>;
