/** Words of the lists of flush targets and of remotes. */
export default {
	flush: {
		title: 'Flush targets',
		create: 'Create target',
		empty_title: 'No flush targets yet',
		empty_text:
			'A flush target is a front end or CDN that is told which pages became stale. It takes a minute to make one.',
		none_title: 'No matching targets',
		none_text: 'No target has this text in its name, URL or collections, and this status.',
		waiting: '{count} waiting',
		unnamed: 'Unnamed target',
	},
	sync: {
		title: 'Remotes',
		create: 'Add remote',
		empty_title: 'No remotes yet',
		empty_text: 'A remote is another Directus that is kept in step with this one: some collections, one way or both.',
		none_title: 'No matching remotes',
		none_text: 'No remote has this text in its name, URL or collections, and this status.',
		waiting: '{count} waiting, {lag} behind',
		unnamed: 'Unnamed remote',
	},
	steps: {
		one: 'Install Downstream in the other Directus as well.',
		two: 'Open its user “Data Sync Directus”, and generate a token.',
		three: 'Add the remote here: its URL, the token, and the collections. The connection check says what is missing.',
	},
	all: 'All',
	published: 'Published',
	draft: 'Drafts',
	archived: 'Archived',
	filter: 'Status',
	rules: 'No rules | One rule | {count} rules',
	direction: { push: 'From here to there', pull: 'From there to here', both: 'Both ways' },
	success: 'Last success',
	conflicts: 'no conflicts | one conflict | {count} conflicts',
	panel: 'On item pages',
};
