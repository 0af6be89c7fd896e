import type { Status } from '../endpoint/answers.js';

/** How everything is, in one sentence: which one, what stands in its places, and how much it matters. */
export interface Sentence {
	key:
		| 'off'
		| 'broken'
		| 'none'
		| 'failing'
		| 'refused'
		| 'held'
		| 'retrying'
		| 'paused'
		| 'invalid'
		| 'conflicts'
		| 'behind'
		| 'in_step'
		| 'on_their_way';
	places: { names?: string; count?: number };
	tone: 'good' | 'quiet' | 'warning' | 'danger';
}

/** Waiting for this long is no longer "on its way". */
const BEHIND_MS = 60_000;

/** The worst thing goes first: what loses changes, then what keeps them from arriving, then what delays them. */
export function stateSentence(status: Status): Sentence {
	const { targets, outbox, deliveries, enabled } = status;
	const named = (state: string) => {
		const some = targets.filter((target) => target.state === state);
		return { names: listed(some.map(({ name }) => name)), count: some.length };
	};
	const has = (state: string) => targets.some((target) => target.state === state);
	if (outbox.error !== null) return { key: 'broken', places: {}, tone: 'danger' };
	if (!enabled) return { key: 'off', places: { count: outbox.pending }, tone: 'warning' };
	if (targets.length === 0) return { key: 'none', places: {}, tone: 'quiet' };
	if (has('open')) return { key: 'failing', places: named('open'), tone: 'danger' };
	if (has('invalid')) return { key: 'invalid', places: named('invalid'), tone: 'danger' };
	if (has('failed')) return { key: 'refused', places: named('failed'), tone: 'danger' };
	if (has('held')) return { key: 'held', places: named('held'), tone: 'warning' };
	if (has('degraded')) return { key: 'retrying', places: named('degraded'), tone: 'warning' };
	if (has('paused')) return { key: 'paused', places: named('paused'), tone: 'warning' };
	if (status.conflicts > 0) return { key: 'conflicts', places: { count: status.conflicts }, tone: 'warning' };
	const waiting = outbox.pending + deliveries.sending + deliveries.retrying;
	if (waiting > 0 && outbox.lag_ms > BEHIND_MS) return { key: 'behind', places: { count: waiting }, tone: 'warning' };
	if (waiting > 0) return { key: 'on_their_way', places: { count: waiting }, tone: 'good' };
	return { key: 'in_step', places: {}, tone: 'good' };
}

/** At most three names; the sentence is one line. */
function listed(names: string[]): string {
	return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} + ${names.length - 2}`;
}
