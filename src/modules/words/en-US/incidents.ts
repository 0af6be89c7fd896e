/** Words of the list of incidents. */
export default {
	what: 'A failing spell of a target: from its first failed request to the first one that was accepted again.',
	running: 'Running',
	resolved: 'Over',
	all: 'All',
	filter: 'State',
	target: 'Target',
	every_target: 'Every target',
	lasted: 'lasted {time}',
	since: 'for {time}',
	failures: 'One failed request | One failed request | {count} failed requests',
	deliveries: 'See its deliveries',
	empty_title: 'No incidents',
	empty_text: 'No target has failed yet. When one does, you read here when, why, and whether it is over.',
	none_title: 'No incident fits',
	none_text: 'There is none of this target and state.',
};
