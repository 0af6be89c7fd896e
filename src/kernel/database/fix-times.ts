import type { Knex } from 'knex';

const TABLE = 'downstream_deliveries';

/** Clocks differ by less: a delivery dated further ahead was written by a wrong clock. */
const FOREIGN_MS = 60_000;

/**
 * Makes deliveries due that a clock ahead of time put off: those dated in the future, and those that wait longer for a
 * retry than the options of their target allow.
 * @param now in ms since 1970
 */
export async function fixTimes(
	database: Knex,
	now: number,
	targets: readonly {
		id: string;
		options: { hold_max_ms: number; retry: { max_ms: number } } | null;
	}[],
): Promise<void> {
	const later = now + FOREIGN_MS;
	await database(TABLE)
		.whereIn('status', ['pending', 'retrying'])
		.where('next_at', '>', later)
		.where('created_at', '>', later)
		.update({ next_at: now });
	for (const { id, options } of targets) {
		if (!options) continue;
		const longest = Math.max(options.retry.max_ms * 1.2, options.hold_max_ms);
		await database(TABLE)
			.where({ status: 'retrying', target: id })
			.where('next_at', '>', Math.ceil(later + longest))
			.update({ next_at: now });
	}
}
