import { CONDITION_WORDS } from '../../../contract/condition-words.js';

/** What can be said of a target or remote. */
export default {
	...CONDITION_WORDS,
	now: 'now',
	try_now: 'Try now',
	error: 'Last error: {message}',
	queued: '1 delivery queued | {count} deliveries queued',
	drain: 'sent in about {time}',
	draft: 'It is not published yet, so nothing is sent.',
	archived: 'It is archived, so nothing is sent.',
};
