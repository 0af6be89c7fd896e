/** Words of the list of flush targets. */
export default {
	title: 'Flush targets',
	create: 'Create target',
	empty_title: 'No flush targets yet',
	empty_text:
		'A flush target is a front end or CDN that is told which pages became stale. It takes a minute to make one.',
	none_title: 'No target fits',
	none_text: 'No target has this text in its name, URL or collections, and this status.',
	all: 'All',
	published: 'Published',
	draft: 'Drafts',
	archived: 'Archived',
	filter: 'Status',
	rules: 'No rules | One rule | {count} rules',
	waiting: '{count} waiting',
	success: 'Last success',
	panel: 'On item pages',
	panel_text:
		'A panel on an item’s page says where the item was delivered, where it is failing, and flushes it. Only admins see it.',
	panel_add: 'Add',
	panel_add_title: 'Add the panel?',
	panel_add_text:
		'The form of {collection} gets a presentation field that shows the panel. It stores nothing, and can be moved or removed like any field.',
	panel_remove: 'Remove',
	panel_remove_title: 'Remove the panel?',
	panel_remove_text: 'The field that shows the panel is removed from the form of {collection}. No data is lost.',
	unnamed: 'Unnamed target',
};
