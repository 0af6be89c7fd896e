import type { Knex } from 'knex';

const TABLE = 'downstream_publishers';

/** Who published a target, or last changed what it sends where. */
export interface Publisher {
	target: string;
	/** Empty where no user was logged in. */
	user: string;
	/** Whether it was an admin at that time, who vouches for it for good. */
	admin: boolean;
	/** ms since 1970. */
	at: number;
}

/** Stores the publisher of a target, instead of the one before. */
export async function rememberPublisher(database: Knex, publisher: Publisher): Promise<void> {
	await database(TABLE).insert(publisher).onConflict('target').merge(['user', 'admin', 'at']);
}

/** By target: the user whose rights it is held to. Of admins' targets there is none. */
export async function readPublishers(database: Knex): Promise<Map<string, string>> {
	const rows = await database(TABLE)
		.where({ admin: false })
		.select<Pick<Publisher, 'target' | 'user'>[]>('target', 'user');
	return new Map(rows.map(({ target, user }) => [target, user]));
}

export async function forgetPublisher(database: Knex, target: string): Promise<void> {
	await database(TABLE).where({ target }).delete();
}

const META = 'downstream_meta';
const LOOKED = { key: 'publishers', value: '1' };

/** Whether it was found out who published the targets that are older than this table. */
export const areEarlierKnown = async (database: Knex): Promise<boolean> =>
	(await database(META).where({ key: LOOKED.key }).first<object | undefined>('key')) !== undefined;

export async function noteEarlierKnown(database: Knex): Promise<void> {
	await database(META).insert(LOOKED).onConflict('key').ignore();
}
