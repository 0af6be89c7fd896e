import { percentile } from '../../../delivery/core/target-health.js';
import type { CHECK_STATES } from '../../../contract/vocabulary.js';

interface Check {
	target: string;
	path: string;
	state: (typeof CHECK_STATES)[number];
	tookMs: number | null;
	detail: string;
}

export interface Freshness {
	p50_ms: number | null;
	p95_ms: number | null;
	checked: number;
	stale: number;
}

/** How soon the pages of each target were new. */
export function summarizeChecks(checks: readonly Check[]): Map<string, Freshness> {
	return new Map(
		[...Map.groupBy(checks, ({ target }) => target)].map(([target, of]) => {
			const took = of.flatMap(({ tookMs }) => tookMs ?? []);
			return [
				target,
				{
					p50_ms: percentile(took, 0.5),
					p95_ms: percentile(took, 0.95),
					checked: of.length,
					stale: of.filter(({ state }) => state === 'stale').length,
				},
			];
		}),
	);
}

/** How soon the pages of each target were new in each hour, by when they were seen to be: the 95th percentile in ms. */
export function freshByHour(
	checks: readonly (Pick<Check, 'target' | 'tookMs'> & { at: number })[],
	hourOf: (at: number) => number,
): Map<string, Map<number, number>> {
	const seen = checks.flatMap(({ target, at, tookMs }) =>
		tookMs === null ? [] : [{ target, hour: hourOf(at), tookMs }],
	);
	return new Map(
		[...Map.groupBy(seen, ({ target }) => target)].map(([target, of]) => [
			target,
			new Map(
				[...Map.groupBy(of, ({ hour }) => hour)].map(([hour, inHour]) => [
					hour,
					percentile(
						inHour.map(({ tookMs }) => tookMs),
						0.95,
					) ?? 0,
				]),
			),
		]),
	);
}

/** What is wrong with a page that stays old, and what to look at. */
export const staleText = ({ path, detail }: Pick<Check, 'path' | 'detail'>): string =>
	`${path} is still the old page after the purge (${detail}). Look whether the cache that answers is the one that was purged, whether it keeps the page by this path or tag, and whether another cache is in front of it.`;
