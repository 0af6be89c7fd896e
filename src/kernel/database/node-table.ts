import type { Knex } from 'knex';
import { NOTE_LOST } from './leases.js';

const TABLE = 'downstream_nodes';

/** A process that shares the work. */
export interface Node {
	id: string;
	host: string;
	pid: number;
}

/** Says that this process lives, and counts those that do; forgets those that have been silent for a minute. */
export async function beat(database: Knex, node: Node, now: number, silence: number): Promise<number> {
	await database(TABLE)
		.insert({ ...node, started_at: now, seen_at: now })
		.onConflict('id')
		.merge({ seen_at: now });
	await database(TABLE)
		.where('seen_at', '<', now - 60_000)
		.delete();
	const row = await database(TABLE)
		.where('seen_at', '>', now - silence)
		.count({ alive: '*' })
		.first<{ alive: number | string } | undefined>();
	return Number(row?.alive ?? 1);
}

/**
 * Gives back the leases of processes that are known to be dead, so that a restart need not wait for them to expire.
 * @param isDead whether a process of this machine is gone
 */
export async function buryDead(database: Knex, isDead: (node: Node) => boolean): Promise<void> {
	const nodes = await database(TABLE).select<Node[]>('id', 'host', 'pid');
	const dead = nodes.filter(isDead).map(({ id }) => id);
	if (dead.length === 0) return;
	await database('downstream_meta').whereIn('holder', dead).update({ holder: null, until: null, value: NOTE_LOST });
	await database(TABLE).whereIn('id', dead).delete();
}

export async function leave(database: Knex, id: string): Promise<void> {
	await database(TABLE).where({ id }).delete();
}
