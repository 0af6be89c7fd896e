import type { Overall, OverallCode } from '../../contract/answers/conditions.js';

export type Tone = 'good' | 'quiet' | 'warning' | 'danger';

const TONES: Record<OverallCode, Tone> = {
	broken: 'danger',
	off: 'warning',
	identity: 'danger',
	none: 'quiet',
	failing: 'danger',
	invalid: 'danger',
	failed: 'danger',
	conflicts: 'warning',
	incomplete: 'warning',
	held: 'warning',
	retrying: 'warning',
	paused: 'warning',
	behind: 'warning',
	on_the_way: 'good',
	untried: 'quiet',
	unused: 'quiet',
	up_to_date: 'good',
};

/** The sentence about everything as the overview shows it: its words, what stands in their places, and how much it matters. */
export const lookOf = ({ code, names, count }: Overall) => ({
	key: code,
	places: { names: listed(names) },
	count,
	tone: TONES[code],
});

/** At most three names; the sentence is one line. */
function listed(names: string[]): string {
	return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} + ${names.length - 2}`;
}
