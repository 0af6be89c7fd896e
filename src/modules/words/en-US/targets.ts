/** Words of the lists of flush targets and of remotes. */
export default {
	flush: {
		title: 'Flush targets',
		create: 'Create target',
		empty_title: 'No flush targets yet',
		empty_text:
			'A flush target is a site or CDN that Downstream notifies when content changes. Creating one takes a minute.',
		none_title: 'No matching targets',
		none_text: 'No target has this text in its name, URL or collections, and this status.',
		waiting: '{count} queued',
		unnamed: 'Unnamed target',
	},
	sync: {
		title: 'Remotes',
		create: 'Add remote',
		empty_title: 'No remotes yet',
		empty_text:
			'A remote is another Directus that is kept in sync with this one: chosen collections, in one direction or both.',
		none_title: 'No matching remotes',
		none_text: 'No remote has this text in its name, URL or collections, and this status.',
		waiting: '{count} queued, {lag} behind',
		unnamed: 'Unnamed remote',
	},
	all: 'All',
	published: 'Published',
	draft: 'Drafts',
	archived: 'Archived',
	filter: 'Status',
	automatic: 'Automatic tags',
	rules: 'No rules | 1 rule | {count} rules',
	direction: { push: 'This instance → remote', pull: 'Remote → this instance', both: 'Both directions' },
	fresh: 'fresh in {p50} (p95 {p95})',
	success: 'Last success',
	conflicts: 'no conflicts | 1 conflict | {count} conflicts',
	panel: 'On item pages',
	link_copy: 'Link a copy',
};
