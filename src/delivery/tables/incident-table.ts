import type { Knex } from 'knex';
import type { RunningIncident } from '../incidents.js';

const TABLE = 'downstream_incidents';
type Raw = Record<string, string | number | null>;

export const readIncident = (row: Raw): RunningIncident => ({
	id: String(row['id']),
	target: String(row['target']),
	kind: row['kind'] as RunningIncident['kind'],
	startedAt: Number(row['started_at']),
	resolvedAt: row['resolved_at'] === null ? null : Number(row['resolved_at']),
	count: Number(row['count']),
	lastError: JSON.parse(String(row['last_error'])) as RunningIncident['lastError'],
	notifiedAt: row['notified_at'] === null ? null : Number(row['notified_at']),
});

export async function latestIncident(database: Knex, target: string): Promise<RunningIncident | null> {
	const row = await database(TABLE).where({ target }).orderBy('started_at', 'desc').first<Raw | undefined>();
	return row ? readIncident(row) : null;
}

/** Those that are not over, oldest first; without those of paused targets, which stand still. */
export async function runningIncidents(database: Knex): Promise<RunningIncident[]> {
	const paused = database('downstream_targets').select('target').where({ paused: 1 });
	const rows = await database(TABLE)
		.select<Raw[]>('*')
		.whereNull('resolved_at')
		.whereNotIn('target', paused)
		.orderBy('started_at');
	return rows.map(readIncident);
}

export async function saveIncident(database: Knex, incident: RunningIncident): Promise<void> {
	const row = {
		target: incident.target,
		kind: incident.kind,
		started_at: incident.startedAt,
		resolved_at: incident.resolvedAt,
		count: incident.count,
		last_error: JSON.stringify(incident.lastError),
		notified_at: incident.notifiedAt,
	};
	await database(TABLE)
		.insert({ id: incident.id, ...row })
		.onConflict('id')
		.merge(row);
}

/** Targets that have an incident that goes on, or deliveries that are not over. */
export async function targetsWithLeftovers(database: Knex): Promise<Set<string>> {
	const [owed, failing] = await Promise.all([
		database('downstream_deliveries')
			.distinct<{ target: string }[]>('target')
			.whereIn('status', ['pending', 'retrying', 'sending', 'failed']),
		database(TABLE).distinct<{ target: string }[]>('target').whereNull('resolved_at'),
	]);
	return new Set([...owed, ...failing].map(({ target }) => target));
}

/** Ends all incidents, without a notification. */
export async function endIncidents(transaction: Knex, at: number): Promise<void> {
	await transaction(TABLE).whereNull('resolved_at').update({ resolved_at: at });
}
