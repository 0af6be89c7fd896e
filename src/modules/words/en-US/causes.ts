/** Words of why deliveries fail. */
export default {
	cause: {
		lead: 'Deliveries that failed or wait for a retry, by what went wrong.',
		count: '1 delivery | 1 delivery | {count} deliveries',
		show: 'View',
		retry: 'Retry all',
		cancel: 'Cancel all',
		about: '{code} of {target}',
		of: '{action}: {code} of {target}',
		empty_title: 'No failing deliveries',
		empty_text: 'No delivery has failed or waits for a retry.',
	},
};
