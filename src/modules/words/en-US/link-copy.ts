/** Words of the page that links a copy to its original. */
export default {
	title: 'Link a copy',
	about:
		'For an instance whose database is a copy of another, such as staging made of production. Each item is linked with the one that has the same key in the original. Nothing is duplicated, and nothing is sent before you release or promote it.',
	held_title: 'Is this instance a copy?',
	held_text:
		'It holds everything until you say so. As a copy it gets an identity of its own: deliveries that came along are dropped, and flush targets and remotes become drafts. The original stays as it is.',
	held_verb: 'This is a copy',
	held_confirm:
		'Deliveries that came along with the database are dropped, and all flush targets and remotes of this instance become drafts. This cannot be undone.',
	url: 'URL of the original',
	token: 'Access token',
	token_note: 'Of an admin of the original, or of its user “Data Sync Directus”. It is stored with the remote.',
	name: 'Name of the remote (optional)',
	preview: 'Preview',
	comparing: 'Comparing {collection}: {done} of {all} collections…',
	stop: 'Stop',
	nothing: 'This instance has no collection that can be synced.',
	equal: 'All items are the same on both sides.',
	collection: 'Collection',
	by: 'Recognised by',
	only_item: 'the only item',
	same: 'Same item',
	different: 'Edited since',
	missing_here: 'Only in the original',
	missing_there: 'Only in this instance',
	apart: 'New in this instance',
	apart_note:
		'Items made on both sides since the copy can have one number by chance. Those of this instance stay items of their own.',
	problems:
		'These collections are not linked: | This collection is not linked: | These {count} collections are not linked:',
	link: 'Link',
	linking: 'Comparing once more, and linking. This can take minutes…',
	linked: 'Linked, on release only: nothing is sent before you release or promote it.',
	open: 'Open the remote',
};
