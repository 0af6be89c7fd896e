import type english from '../en-US/conflicts.js';
import type { SameKeys } from '../use-words.js';

export default {
	title: 'Conflicten',
	show: 'Welke conflicten',
	open: 'Wachtend',
	automatic: 'Door regels beslist',
	resolved: 'Opgelost',
	of_target: 'Alleen met {name}',
	all_targets: 'Alle bronnen',
	empty: {
		open: 'Er wacht geen conflict',
		automatic: 'Niets is door een regel beslist',
		resolved: 'Nog niets opgelost',
	},
	empty_text: {
		open: 'Waar twee instanties hetzelfde veld anders wijzigen, beslist de regel, of wordt het hier gevraagd.',
		automatic:
			'Waar een regel tussen twee waarden beslist, blijven beide hier bewaard en kan de beslissing worden omgedraaid.',
		resolved: 'Beslissingen die hier genomen zijn staan er met wie ze nam.',
	},
	to_remotes: 'Externe bronnen',
	group: 'geen conflicten | één conflict | {count} conflicten',
	all_here: 'Alles zoals hier',
	all_there: 'Alles zoals daar',
	kind: {
		fields: 'Aan beide kanten gewijzigd',
		delete: 'Aan de ene kant verwijderd, aan de andere gewijzigd',
		identity: 'Welk item is bedoeld?',
		unique: 'Tweemaal dezelfde unieke waarde',
	},
	unknown_peer: 'een instantie zonder bron hier',
	side: { local: 'hier', remote: 'daar' },
	no_item: 'Een item van daar',
	done: 'Niets beslist. | Eén conflict is beslist. | {count} conflicten zijn beslist.',
	refused: 'niets geweigerd | Eén kon niet worden beslist: {message} | {count} konden niet worden beslist: {message}',
	confirm_title: 'Geen conflicten beslissen? | Eén conflict beslissen? | {count} conflicten beslissen?',
	confirm_text:
		'Voor al deze winnen de waarden van één kant op beide instanties: {side}. Elke beslissing wordt vastgelegd, en waarden kunnen later opnieuw worden gewijzigd.',
	confirm_verb: 'Beslissen | Eén beslissen | {count} beslissen',
} satisfies SameKeys<typeof english>;
