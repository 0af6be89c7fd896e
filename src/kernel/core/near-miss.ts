import { distance } from 'fastest-levenshtein';

/**
 * The known name that a misspelt one most resembles, or undefined where none comes close: at most two letters
 * or a third of them differ (one, of up to three), upper and lower case aside.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
	let nearest: string | undefined;
	let smallest = (name.length <= 3 ? 1 : Math.max(2, Math.floor(name.length / 3))) + 1;
	for (const candidate of known) {
		const differs = distance(name.toLowerCase(), candidate.toLowerCase());
		if (differs < smallest) [nearest, smallest] = [candidate, differs];
	}
	return nearest;
}
