import type { Condition } from './answers/conditions.js';

/** What each condition means, in English; forms for one and many (or none, one and many) between `|`. */
export const CONDITION_WORDS = {
	off_setting: 'Sending is switched off on this instance. Changes are queued.',
	off_identity: 'Nothing is sent until an administrator says what happened to this instance.',
	paused: 'It is paused. Changes are queued until it is resumed.',
	invalid: 'Some of its rules or options are invalid. Correct them, and the queued changes are sent.',
	failing: 'It keeps failing. Changes are queued. Next test: {time}.',
	failed: '1 delivery failed for good and is not retried. | {count} deliveries failed for good and are not retried.',
	conflicts_local:
		'1 conflict needs a decision on this instance. | {count} conflicts need a decision on this instance.',
	conflicts_remote: '1 conflict needs a decision on the remote. | {count} conflicts need a decision on the remote.',
	incomplete: '1 field is not sent: {fields}. | {count} fields are not sent: {fields}.',
	held: 'It asked for a pause. Changes are queued. Sending continues: {time}.',
	retrying:
		'The last request failed. Nothing waits to be retried. | 1 delivery failed and will be retried. | {count} deliveries failed and will be retried.',
	untried: 'Nothing has been sent to it yet.',
	unused: 'It has no rules, so nothing is sent to it.',
	healthy: 'The last request was accepted.',
};

/** One sentence about a condition: its key in `CONDITION_WORDS`, and what stands in its places. */
export interface Saying {
	key: keyof typeof CONDITION_WORDS;
	places: Record<string, string>;
	count?: number;
	/** A moment that stands in `{time}`; null: as soon as possible. */
	at?: string | null;
}

const MOST_FIELDS = 4;

/** Which sentences tell a condition: everything that shows it shows these. */
export function sayingsOf(condition: Condition): Saying[] {
	const { code } = condition;
	switch (code) {
		case 'off':
			return [{ key: `off_${condition.reason}`, places: {} }];
		case 'failing':
			return [{ key: code, places: {}, at: condition.next_probe_at }];
		case 'held':
			return [{ key: code, places: {}, at: condition.until }];
		case 'failed':
		case 'retrying':
			return [{ key: code, places: {}, count: condition.count }];
		case 'conflicts':
			return (['local', 'remote'] as const)
				.filter((side) => condition[side] > 0)
				.map((side) => ({ key: `conflicts_${side}`, places: {}, count: condition[side] }));
		case 'incomplete': {
			const { fields } = condition;
			const named = fields.slice(0, MOST_FIELDS).join(', ');
			const more = fields.length > MOST_FIELDS ? ` + ${fields.length - MOST_FIELDS}` : '';
			return [{ key: code, places: { fields: `${named}${more}` }, count: fields.length }];
		}
		default:
			return [{ key: code, places: {} }];
	}
}
