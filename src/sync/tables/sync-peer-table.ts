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

/** When the two were last compared as a whole, and whether no difference was found; it is forgotten with the instance. */
export async function saveComparison(database: Knex, target: string, at: number, equal: boolean): Promise<void> {
	await database(TABLE)
		.where({ target })
		.update({ compared_at: at, ...(equal ? { equal_at: at } : {}) });
}

/** When something last arrived behind a source, and when it was last compared, in ms since 1970; null where never. */
export async function readContact(
	database: Knex,
	target: string,
): Promise<{ lastSuccessAt: number | null; comparedAt: number | null }> {
	const at = (value: unknown) => (value === null || value === undefined ? null : Number(value));
	const [state, peer] = await Promise.all([
		database('downstream_targets').where({ target }).first<{ last_success_at: unknown } | undefined>('last_success_at'),
		database(TABLE).where({ target }).first<{ compared_at: unknown } | undefined>('compared_at'),
	]);
	return { lastSuccessAt: at(state?.last_success_at), comparedAt: at(peer?.compared_at) };
}

/** No instance with the extension is behind a remote source any more. */
export async function forgetPeer(database: Knex, target: string): Promise<void> {
	await database(TABLE).where({ target }).delete();
}

export async function forgetPeers(transaction: Knex): Promise<void> {
	await transaction(TABLE).delete();
}

/** Whether any other instance has ever said who it is. */
export const hasMetPeers = async (database: Knex): Promise<boolean> =>
	(await database(TABLE).first<object | undefined>(database.raw('1'))) !== undefined;
