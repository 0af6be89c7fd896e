import type english from '../en-US/conflicts.js';
import type { SameKeys } from '../use-words.js';

export default {
	title: 'Conflicten',
	show: 'Welke conflicten',
	remote: 'Op de externe bron',
	open: 'Open',
	automatic: 'Automatisch opgelost',
	resolved: 'Opgelost',
	of_target: 'Alleen met {name}',
	all_targets: 'Alle bronnen',
	empty: {
		open: 'Geen open conflicten',
		automatic: 'Niets is automatisch opgelost',
		resolved: 'Nog geen conflicten opgelost',
	},
	empty_text: {
		open: 'Waar twee instanties hetzelfde veld anders wijzigen, beslist de regel, of wordt het hier gevraagd.',
		automatic:
			'Waar een regel tussen twee waarden beslist, blijven beide hier bewaard en kan de beslissing worden omgedraaid.',
		resolved: 'Beslissingen die hier genomen zijn staan er met wie ze nam.',
	},
	to_remotes: 'Externe bronnen',
	group: 'geen conflicten | 1 conflict | {count} conflicten',
	all_here: 'Deze instantie voor alles gebruiken',
	all_there: 'De bron voor alles gebruiken',
	kind: {
		fields: 'Aan beide kanten gewijzigd',
		delete: 'Aan de ene kant verwijderd, aan de andere gewijzigd',
		identity: 'Welk item is bedoeld?',
		unique: 'Tweemaal dezelfde unieke waarde',
	},
	unknown_peer: 'een onbekende instantie',
	side: { local: 'deze instantie', remote: 'de bron' },
	no_item: 'Een item van de bron',
	done: 'Geen conflicten opgelost. | 1 conflict opgelost. | {count} conflicten opgelost.',
	refused: 'niets geweigerd | 1 kon niet worden opgelost: {message} | {count} konden niet worden opgelost: {message}',
	confirm_title: 'Geen conflicten oplossen? | 1 conflict oplossen? | {count} conflicten oplossen?',
	confirm_text: 'Voor al deze winnen de waarden van {side} op beide instanties. Elke beslissing wordt vastgelegd.',
	confirm_verb: 'Oplossen | 1 oplossen | {count} oplossen',
} satisfies SameKeys<typeof english>;
