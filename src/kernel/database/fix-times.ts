import type { Knex } from 'knex';

const TABLE = 'downstream_deliveries';

/** Further in the future than this nothing is made. */
const FOREIGN_MS = 60_000;

/**
 * Makes due what a clock that was ahead has put off: deliveries that were made in the future, and those that wait for a
 * try longer than their target's options let anything wait.
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
