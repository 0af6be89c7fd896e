import type { Knex } from 'knex';
import { LIMITS } from '../../../schema.js';
import { askTogether } from '../../kernel/database/ask-together.js';
import { acquireLeases, releaseLeases, renewLeases } from '../../kernel/database/leases.js';
import type { Clock } from '../../kernel/ports.js';

/** So long before a lease runs out it counts as lost: clocks may differ a little, and a request takes a moment to go. */
const MARGIN_MS = 1_000;

/** The leases of one node's lanes. Ten targets that are told of one change begin at the same moment. */
export function createLaneLeases(database: Knex, clock: Clock, node: string) {
	const take = askTogether(async (names: string[]) => {
		const taken = await acquireLeases(database, names, node, LIMITS.lease, clock.now());
		return names.map((name) => (taken.has(name) ? { note: taken.get(name) ?? null } : ('held' as const)));
	});
	const renew = askTogether(async (names: string[]) => {
		const renewed = await renewLeases(database, names, node, LIMITS.lease, clock.now());
		return names.map((name) => renewed.has(name));
	});
	const giveBack = askTogether(async (left: { name: string; note: string | null }[]) => {
		const notes = left.flatMap(({ name, note }): [string, string][] => (note === null ? [] : [[name, note]]));
		const names = left.map(({ name }) => name);
		await releaseLeases(database, names, node, new Map(notes));
		return left;
	});

	return {
		take,
		renew,
		giveBack: (name: string, note: string | null): Promise<unknown> => giveBack({ name, note }),
		/** Keeps a lease as long as it is worked under, and knows when it was lost: from then on it stays lost. */
		watch(name: string, lane: { leasedUntil: number }) {
			let isLost = false;
			async function prolong(): Promise<void> {
				const asked = clock.now();
				try {
					if (await renew(name)) lane.leasedUntil = Math.max(lane.leasedUntil, asked + LIMITS.lease);
					else [isLost, lane.leasedUntil] = [true, 0];
				} catch {
					// The database is away; the lease runs out by itself if it stays away.
				}
			}
			const renewal = setInterval(() => void (isLost || prolong()), LIMITS.lease / 3);
			return {
				now: () => !(isLost ||= lane.leasedUntil - MARGIN_MS <= clock.now()),
				end: () => clearInterval(renewal),
			};
		},
	};
}
