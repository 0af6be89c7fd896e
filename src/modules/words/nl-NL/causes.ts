import type { SameKeys } from '../use-words.js';
import type english from '../en-US/causes.js';

export default {
	cause: {
		lead: 'Bezorgingen die zijn mislukt of op een volgende poging wachten, naar wat er misging.',
		count: '1 bezorging | 1 bezorging | {count} bezorgingen',
		show: 'Tonen',
		retry: 'Alle opnieuw',
		cancel: 'Alle annuleren',
		about: '{code} van {target}',
		of: '{action}: {code} van {target}',
		empty_title: 'Geen mislukte bezorgingen',
		empty_text: 'Geen bezorging is mislukt of wacht op een volgende poging.',
	},
} satisfies SameKeys<typeof english>;
