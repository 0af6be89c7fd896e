/** Words of a target's last day. */
export default {
	summary: '{name}: {delivered} delivered and {failed} failed in the last 24 hours.',
};
