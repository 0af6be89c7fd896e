import type { OverallCode } from './answers/conditions.js';

/** Everything in one sentence, in English; forms for none, one and many between `|`. */
export const OVERALL_WORDS = {
	off: 'Sending is off; nothing is queued. | Sending is off; 1 change is queued. | Sending is off; {count} changes are queued.',
	identity: 'Nothing is sent until an administrator says what happened to this instance.',
	broken: 'Changes cannot be recorded at the moment.',
	none: 'No targets yet.',
	failing: '{names} keeps failing. | {names} keeps failing. | {names} keep failing.',
	invalid:
		'{names} has invalid rules or options. | {names} has invalid rules or options. | {names} have invalid rules or options.',
	failed:
		'No deliveries to {names} failed for good. | 1 delivery to {names} failed for good. | {count} deliveries to {names} failed for good.',
	conflicts: 'No open conflicts. | 1 conflict needs a decision. | {count} conflicts need a decision.',
	incomplete: 'Some fields are not sent to {names}.',
	held: '{names} asked for a pause.',
	retrying:
		'{names} did not accept the last request. | {names} did not accept the last request. | {names} did not accept the last requests.',
	paused:
		'{names} is paused; its changes are queued. | {names} is paused; its changes are queued. | {names} are paused; their changes are queued.',
	behind:
		'1 change has been queued for more than a minute. | 1 change has been queued for more than a minute. | {count} changes have been queued for more than a minute.',
	on_the_way: '1 change is on its way. | 1 change is on its way. | {count} changes are on their way.',
	untried: 'Nothing has been sent yet.',
	unused: 'No target has rules, so nothing is sent.',
	up_to_date: 'Everything is up to date.',
} satisfies Record<OverallCode, string>;
