/** Words of how soon visitors see a change. */
export default {
	title: 'Time to fresh',
	times: '{p50} (p95 {p95})',
	hint: 'From saving until visitors got the new page, in the last 24 hours.',
	unseen: 'No page was seen to be new in the last 24 hours.',
	stale: 'No page stayed old | 1 page stayed old | {count} pages stayed old',
	summary: '{name}: visitors saw half of the changes within {p50}, and 95 % within {p95}.',
	hour: '{hour}: {time}',
	quiet: '–',
};
