/** What the state of a target or remote means. */
export default {
	healthy: 'The last request was accepted.',
	degraded: 'The last attempt failed and will be retried.',
	open: 'It keeps failing. Changes are queued, and single requests test whether it is back.',
	paused: 'Nothing is sent. Changes are queued until somebody resumes it.',
	invalid: 'Some of its rules or options are invalid. Correct them, and the queued changes are sent.',
	failed: 'It refused some deliveries. Check why, then retry or cancel them.',
	held: 'It asked for a pause. Changes are queued until then; resume it to send them now.',
	unused: 'It has no rules, so nothing is sent to it.',
	draft: 'It is not published yet, so nothing is sent.',
	archived: 'It is archived, so nothing is sent.',
};
