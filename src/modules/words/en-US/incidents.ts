/** Words of the list of incidents. */
export default {
	what: 'An incident lasts from the first failed request of a target to the first one that is accepted again.',
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
	empty_text: 'No target has failed yet. When one does, this page says when, why, and whether it is over.',
	none_title: 'No matching incidents',
	none_text: 'No incidents match these filters.',
};
