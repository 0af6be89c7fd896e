/** Words of the page for whoever is notified and is no admin. */
export default {
	title: 'Notification',
	last_success: 'Last success:',
	ask: 'An administrator can open this target in Downstream, and do something about it.',
};
