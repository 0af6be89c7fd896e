/** Words of how a first remote is added. */
export default {
	one: 'Install Downstream in the other Directus as well.',
	two: 'Open its user “Data Sync Directus”, and generate a token.',
	three: 'Add the remote: its URL, the token, and the collections. The connection check says what is missing.',
};
