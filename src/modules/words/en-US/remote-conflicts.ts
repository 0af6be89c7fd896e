/** Words of the conflicts that wait for a decision on a remote. */
export default {
	text: 'These are decided by somebody on the remote. What is decided comes back to this instance.',
	empty: 'No conflicts wait on a remote',
	empty_text: 'Remotes are asked every half minute.',
	open: 'Open on {name}',
	no_item: 'an item that this instance does not have',
};
