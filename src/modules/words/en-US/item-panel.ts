/** Words of the panel on an item's page. */
export default {
	title: 'Downstream',
	flush: 'Flush now',
	flush_title: 'Flush this item?',
	flush_text:
		'1 target is told that this item’s pages are stale: {names}. | 1 target is told that this item’s pages are stale: {names}. | {count} targets are told that this item’s pages are stale: {names}.',
	flushed: '1 delivery queued. | 1 delivery queued. | {count} deliveries queued.',
	unsaved: 'Save the item first; then this shows where it was delivered.',
	no_target: 'No published flush target is about this collection.',
	editor: {
		live: 'Live',
		stale: 'Sent, but {path} still shows the old page',
		on_the_way: 'On its way',
		late: 'Not live yet: it is sent as soon as that is possible again',
		failed: 'Not live: it was not accepted. Ask an administrator',
		conflict: 'Waits: it was changed on both instances, and a decision is needed',
		nothing: 'No page shows it',
		never: 'Not sent yet',
	},
	live: 'live on the site {time} after saving',
	still_old: '{path} still shows the old page',
	pages: 'Pages that show this item: none reported | Pages that show this item: 1 | Pages that show this item: {count}',
	maybe: 'perhaps: it shows what cannot be told apart, such as a search',
	more_pages: 'and {count} more',
	no_pages:
		'Your front end has reported no page that shows this item. Once it reports its pages with reportPages() of directus-extension-downstream/client, they are listed here, and purged by path.',
	all: 'All deliveries of this item',
	promote: 'Promote…',
	never_sent: 'Not sent yet',
	not_matched: 'Not sent: {reason}',
};
