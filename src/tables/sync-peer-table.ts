import type { Knex } from 'knex';

const TABLE = 'downstream_sync_peers';

/** What is known of the instance behind a remote source. */
export interface Peer {
	target: string;
	instance: string;
	/** ms since 1970. */
	seenAt: number;
	/** When a comparison last found no difference; null where none has. */
	equalAt: number | null;
}

export async function readPeers(database: Knex): Promise<Peer[]> {
	const rows = await database(TABLE).select<
		{ target: string; instance: string; seen_at: number | string; equal_at: number | string | null }[]
	>('target', 'instance', 'seen_at', 'equal_at');
	return rows.map(({ target, instance, seen_at, equal_at }) => ({
		target,
		instance,
		seenAt: Number(seen_at),
		equalAt: equal_at === null ? null : Number(equal_at),
	}));
}

export async function savePeer(database: Knex, { target, instance, seenAt }: Omit<Peer, 'equalAt'>): Promise<void> {
	await database(TABLE)
		.insert({ target, instance, seen_at: seenAt })
		.onConflict('target')
		.merge({ instance, seen_at: seenAt });
}

/** When a comparison last found no difference; it is forgotten with the instance. */
export async function saveEqual(database: Knex, target: string, at: number): Promise<void> {
	await database(TABLE).where({ target }).update({ equal_at: at });
}

/** Nobody who speaks Downstream is behind a remote source any more. */
export async function forgetPeer(database: Knex, target: string): Promise<void> {
	await database(TABLE).where({ target }).delete();
}
