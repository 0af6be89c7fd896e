import type { Knex } from 'knex';

const DELIVERIES = 'downstream_deliveries';

/** What an incident has done to a target's deliveries, and what is left of it. */
export async function countAffected(
	database: Knex,
	target: string,
	since: number,
): Promise<{ affected: number; failed: number; retrying: number }> {
	const [affected, left] = await Promise.all([
		countTouched(database, target, since),
		database(DELIVERIES)
			.select('status')
			.where({ target })
			.whereIn('status', ['failed', 'retrying'])
			.count({ count: '*' })
			.groupBy('status') as Promise<{ status: string; count: number | string }[]>,
	]);
	const of = (status: string) => Number(left.find((row) => row.status === status)?.count ?? 0);
	return { affected, failed: of('failed'), retrying: of('retrying') };
}

/** Deliveries that failed, wait for another try, or needed several. */
async function countTouched(database: Knex, target: string, since: number): Promise<number> {
	const row = await database(DELIVERIES)
		.where({ target })
		.andWhere((touched) =>
			touched
				.whereIn('status', ['retrying', 'failed'])
				.orWhere((late) => late.where('status', 'delivered').where('delivered_at', '>=', since).where('tries', '>', 1)),
		)
		.count({ affected: '*' })
		.first<{ affected: number | string } | undefined>();
	return Number(row?.affected ?? 0);
}

export async function hasRetrying(database: Knex, target: string): Promise<boolean> {
	return (
		(await database(DELIVERIES).where({ target, status: 'retrying' }).first<{ id: string } | undefined>('id')) !==
		undefined
	);
}

/**
 * Removes what is done and older than the retention, a thousand rows at a time, so that other statements do not wait for it. Failed
 * deliveries stay until they are retried or cancelled; attempts stay as long as a delivery may refer to them.
 */
export async function removeOld(database: Knex, before: number): Promise<void> {
	for (;;) {
		const rows = await database(DELIVERIES)
			.select<{ id: string }[]>('id')
			.whereIn('status', ['delivered', 'cancelled'])
			.andWhere('delivered_at', '<', before)
			.limit(1_000);
		if (rows.length === 0) break;
		await database(DELIVERIES)
			.whereIn(
				'id',
				rows.map(({ id }) => id),
			)
			.delete();
	}
	for (;;) {
		const rows = await database('downstream_attempts')
			.select<{ id: string }[]>('downstream_attempts.id')
			.leftJoin(DELIVERIES, `${DELIVERIES}.batch`, 'downstream_attempts.batch')
			.where('downstream_attempts.at', '<', before)
			.whereNull(`${DELIVERIES}.id`)
			.limit(1_000);
		if (rows.length === 0) break;
		await database('downstream_attempts')
			.whereIn(
				'id',
				rows.map(({ id }) => id),
			)
			.delete();
	}
	await database('downstream_incidents').where('resolved_at', '<', before).delete();
	await database('downstream_operations')
		.where('at', '<', before)
		.whereNot((planned) => planned.where({ action: 'release' }).andWhere('detail', 'like', '{"status":"planned"%'))
		.delete();
}
