/** Words of why deliveries fail. */
export default {
	cause: {
		lead: 'Deliveries that failed or wait for another try, by what went wrong.',
		count: 'One delivery | One delivery | {count} deliveries',
		show: 'Show them',
		retry: 'Retry all',
		cancel: 'Cancel all',
		about: '{code} of {target}',
		of: '{action}: {code} of {target}',
		empty_title: 'Nothing fails',
		empty_text: 'No delivery has failed or waits for another try.',
	},
};
