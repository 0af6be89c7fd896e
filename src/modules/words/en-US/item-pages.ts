/** Words of the part that puts the panel on item pages. */
export default {
	panel_text:
		'A panel on an item’s page says where the item was delivered, where it is failing, and flushes it. Editors read whether it is live.',
	panel_add: 'Add',
	panel_add_title: 'Add the panel?',
	panel_add_text:
		'The form of {collection} gets a presentation field that shows the panel. It stores nothing, and can be moved or removed like any field.',
	panel_remove: 'Remove',
	panel_remove_title: 'Remove the panel?',
	panel_remove_text: 'The field that shows the panel is removed from the form of {collection}. No data is lost.',
};
