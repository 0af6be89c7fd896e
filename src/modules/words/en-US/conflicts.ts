/** Words of the conflict inbox. */
export default {
	title: 'Conflicts',
	show: 'Which conflicts',
	open: 'Waiting',
	automatic: 'Decided by rules',
	resolved: 'Resolved',
	of_target: 'Only with {name}',
	all_targets: 'All remotes',
	empty: {
		open: 'No conflict waits',
		automatic: 'Nothing was decided by a rule',
		resolved: 'Nothing was resolved yet',
	},
	empty_text: {
		open: 'If two instances change the same field, a rule decides, or you are asked here.',
		automatic: 'If a rule decides between two values, both are kept, and you can reverse the decision.',
		resolved: 'Decisions are listed here, with who made them.',
	},
	to_remotes: 'Remotes',
	group: 'no conflicts | one conflict | {count} conflicts',
	all_here: 'All as here',
	all_there: 'All as there',
	kind: {
		fields: 'Changed on both sides',
		delete: 'Deleted on one side, changed on the other',
		identity: 'Which item is meant?',
		unique: 'The same unique value twice',
	},
	unknown_peer: 'an instance without a remote here',
	side: { local: 'here', remote: 'there' },
	no_item: 'An item from there',
	done: 'Nothing was decided. | One conflict is decided. | {count} conflicts are decided.',
	refused: 'none was refused | One could not be decided: {message} | {count} could not be decided: {message}',
	confirm_title: 'Decide no conflicts? | Decide one conflict? | Decide {count} conflicts?',
	confirm_text:
		'For all of them, the values from {side} win on both instances. Each decision is recorded, and values can be changed later.',
	confirm_verb: 'Decide | Decide one | Decide {count}',
};
