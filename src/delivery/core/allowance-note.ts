import { NO_ALLOWANCE, type Allowance } from './allowance.js';

/** What each target has left of its rate limits, by the names that its sender gives them: they begin with its id. */
type Allowances = Map<string, Allowance>;

const isOf = (target: string) => (name: string) => name === target || name.startsWith(`${target} `);

/** What of a target's rate limits is used up, for the node that goes on with it; null where there is no limit. */
export function allowanceNote(allowances: Allowances, target: string): string | null {
	const own = [...allowances].filter(([name]) => isOf(target)(name));
	return own.length === 0 ? null : JSON.stringify(Object.fromEntries(own));
}

/**
 * Goes on where another node has stopped. Where that one left without a word, it may have used up all that there was.
 * @param note what it said; null where it had nothing to say; `lost` where it could say nothing
 * @param now ms since 1970
 */
export function takeOverAllowances(
	allowances: Allowances,
	target: string,
	{ note, lost, now }: { note: string | null; lost: string; now: number },
): void {
	for (const name of [...allowances.keys()].filter(isOf(target))) allowances.delete(name);
	if (note === null) return;
	if (note === lost) return void allowances.set(`${target} ${NO_ALLOWANCE}`, { left: 0, at: now });
	for (const [name, allowance] of Object.entries(JSON.parse(note) as Record<string, Allowance>))
		allowances.set(name, allowance);
}
