/** Words of the list of incidents. */
export default {
	what: 'A period in which a target kept failing, until a request succeeded.',
	running: 'Ongoing',
	resolved: 'Resolved',
	all: 'All',
	filter: 'State',
	target: 'Target',
	every_target: 'All targets',
	lasted: 'lasted {time}',
	since: 'for {time}',
	failures: '1 failed request | 1 failed request | {count} failed requests',
	deliveries: 'View deliveries',
	empty_title: 'No incidents',
	empty_text: 'No target has failed yet. When one does, this page says when, why, and whether it is over.',
	none_title: 'No matching incidents',
	none_text: 'No incidents match these filters.',
};
