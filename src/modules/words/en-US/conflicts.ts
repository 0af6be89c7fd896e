/** Words of the conflict inbox. */
export default {
	title: 'Conflicts',
	show: 'Which conflicts',
	open: 'Open',
	automatic: 'Resolved automatically',
	resolved: 'Resolved',
	of_target: 'Only with {name}',
	all_targets: 'All remotes',
	empty: {
		open: 'No open conflicts',
		automatic: 'No conflicts were resolved automatically',
		resolved: 'No conflicts were resolved yet',
	},
	empty_text: {
		open: 'If two instances change the same field, a rule decides, or you are asked here.',
		automatic: 'If a rule decides between two values, both are kept, and you can use the other value.',
		resolved: 'Decisions are listed with who made them.',
	},
	to_remotes: 'Remotes',
	group: 'no conflicts | 1 conflict | {count} conflicts',
	all_here: 'Use this instance for all',
	all_there: 'Use the remote for all',
	kind: {
		fields: 'Changed on both sides',
		delete: 'Deleted on one side, changed on the other',
		identity: 'Which item is meant?',
		unique: 'The same unique value twice',
	},
	unknown_peer: 'an instance that is no remote of this one',
	side: { local: 'this instance', remote: 'the remote' },
	no_item: 'An item of the remote',
	done: 'No conflicts resolved. | 1 conflict resolved. | {count} conflicts resolved.',
	refused: 'none was refused | 1 could not be resolved: {message} | {count} could not be resolved: {message}',
	confirm_title: 'Resolve no conflicts? | Resolve 1 conflict? | Resolve {count} conflicts?',
	confirm_text:
		'For all of them, the values of {side} win on both instances. Each decision is recorded, and values can be changed later.',
	confirm_verb: 'Resolve | Resolve 1 | Resolve {count}',
};
