import type { Group } from './channel.js';

/** One item of a target, whichever rule sends it. */
export const placeOf = ({ collection, item }: { collection: string; item: string }): string =>
	`${collection}\u0000${item}`;

/**
 * Items of which something is on its way to the target, or about to be. What is owed of them later waits until it is
 * known what became of that, so that the last thing that arrives is the last that happened.
 */
export function createItemsUnderWay() {
	/** How many groups hold an item. */
	const claimed = new Map<string, number>();
	const sent = new Set<string>();
	return {
		/** Items that nothing more is to be claimed of. */
		claimed: claimed as ReadonlyMap<string, unknown>,
		add({ deliveries }: Group): void {
			for (const place of new Set(deliveries.map(placeOf))) claimed.set(place, (claimed.get(place) ?? 0) + 1);
		},
		send({ deliveries }: Group): void {
			for (const delivery of deliveries) sent.add(placeOf(delivery));
		},
		/** It is known what became of it, or it is put back. */
		remove({ deliveries }: Group, wasSent: boolean): void {
			for (const place of new Set(deliveries.map(placeOf))) {
				const left = (claimed.get(place) ?? 1) - 1;
				if (left > 0) claimed.set(place, left);
				else claimed.delete(place);
				if (wasSent) sent.delete(place);
			}
		},
		/** The first group none of whose items is on its way or in a group before it; -1 where there is none. */
		firstFree(ready: readonly Group[]): number {
			const ahead = new Set<string>();
			for (const [index, { deliveries }] of ready.entries()) {
				const places = deliveries.map(placeOf);
				if (places.every((place) => !sent.has(place) && !ahead.has(place))) return index;
				for (const place of places) ahead.add(place);
			}
			return -1;
		},
	};
}
