import { CONDITION_WORDS, sayingsOf } from '../../contract/condition-words.js';
import type { Condition, Overall } from '../../contract/answers/conditions.js';
import { OVERALL_WORDS } from '../../contract/overall-words.js';
import { fillWords } from './fill-words.js';

/** Conditions as the command line, the log and messages say them, in English: a sentence for each. */
export const sayConditions = (conditions: readonly Condition[], now: number): string[] =>
	conditions.flatMap((condition) =>
		sayingsOf(condition).map(({ key, places, count, at }) =>
			fillWords(CONDITION_WORDS[key], { ...places, time: soon(at ?? null, now) }, count),
		),
	);

/** Everything in one sentence. */
export const sayOverall = ({ code, names, count }: Overall): string =>
	fillWords(OVERALL_WORDS[code], { names: names.join(', ') }, count);

/** When something happens: within seconds, minutes or hours. */
function soon(at: string | null, now: number): string {
	const seconds = at === null ? 0 : Math.round((Date.parse(at) - now) / 1_000);
	if (seconds < 1) return 'now';
	if (seconds < 120) return `in ${seconds} s`;
	return seconds < 7_200 ? `in ${Math.round(seconds / 60)} min` : `in ${Math.round(seconds / 3_600)} h`;
}
