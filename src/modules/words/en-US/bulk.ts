/** Words of bulk actions: what they will do, and how far they are. */
export default {
	bulk: {
		retry_title: 'Send deliveries again?',
		retry_what:
			'Each is sent anew with all its tries, under a new webhook-id. What waits or is being sent is left alone.',
		retry_again:
			'One of them has arrived already, and is sent AGAIN. | One of them has arrived already, and is sent AGAIN. | {count} of them have arrived already, and are sent AGAIN.',
		retry_verb: 'Retry one | Retry one | Retry {count}',
		cancel_title: 'Cancel deliveries?',
		cancel_what:
			'They are not sent any more, and their targets are not told of these changes. What is being sent at this moment is left to end. A retry takes this back.',
		cancel_verb: 'Cancel one delivery | Cancel one delivery | Cancel {count} deliveries',
		keep: 'Leave them',
		which: 'Which of them?',
		none: 'None of them can be changed in this way.',
		retry_none: 'Only deliveries that failed, wait for another try, were cancelled or have arrived can be sent again.',
		cancel_none: 'Only deliveries that wait or failed can be cancelled.',
		counting: 'Counting …',
		more_than: 'more than {count}',
	},
	run: {
		title: 'Bulk action',
		progress: '{delivered} of {total} delivered',
		failed: 'one failed | one failed | {count} failed',
		cancelled: 'one cancelled | one cancelled | {count} cancelled',
		open: 'one to go | one to go | {count} to go',
		over: 'Done.',
		cancel_done:
			'No delivery was cancelled: none waited any more. | One delivery was cancelled. | {count} deliveries were cancelled.',
		nothing: 'Nothing was left to send again.',
		show: 'Show them',
		cancel_rest: 'Cancel the rest',
		dismiss: 'Dismiss',
	},
};
