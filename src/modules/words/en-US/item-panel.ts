/** Words of the panel on an item's page. */
export default {
	title: 'Downstream',
	flush: 'Flush now',
	flush_title: 'Flush this item?',
	flush_text:
		'1 target is told that this item’s pages are stale: {names}. | 1 target is told that this item’s pages are stale: {names}. | {count} targets are told that this item’s pages are stale: {names}.',
	flushed: '1 delivery queued. | 1 delivery queued. | {count} deliveries queued.',
	unsaved: 'Save the item first; then this shows where it was delivered.',
	no_target: 'No published flush target has a rule about this collection.',
	all: 'All deliveries of this item',
	promote: 'Promote…',
	never_sent: 'Not sent yet',
	not_matched: 'Not sent: {reason}',
};
