import type { Knex } from 'knex';
import type { Promotion } from '../../contract/answers/previews.js';

const TABLE = 'downstream_operations';

/** Items that are brought to a remote together, now or at a set time. */
export interface Release {
	id: string;
	target: string;
	/** When it was asked for, ms since 1970. */
	at: number;
	user: string | null;
	reason: string | null;
	status: 'planned' | 'running' | 'done' | 'failed' | 'cancelled';
	/** When it is released, ms since 1970. */
	due: number;
	items: { collection: string; item: string; isGone: boolean }[];
	expect: string | null;
	counts: Promotion['counts'] | null;
	error: string | null;
}

type Raw = { id: string; at: number | string; user: string | null; target: string; detail: string };

export async function insertRelease(database: Knex, release: Release): Promise<void> {
	const { id, at, user, target } = release;
	await database(TABLE).insert({ id, at, user, action: 'release', target, detail: detailOf(release) });
}

/** Saves a release, if its stored status is still one of these. */
export async function saveRelease(
	transaction: Knex,
	release: Release,
	from: readonly Release['status'][],
): Promise<boolean> {
	const query = transaction(TABLE)
		.where({ id: release.id, action: 'release' })
		.where((either) => {
			for (const status of from) void either.orWhere('detail', 'like', `{"status":"${status}"%`);
		});
	return (await query.update({ detail: detailOf(release) })) > 0;
}

export async function findRelease(database: Knex, id: string): Promise<Release | null> {
	const row = await database(TABLE).where({ id, action: 'release' }).first<Raw | undefined>();
	return row ? read(row) : null;
}

/** Releases that are planned, or were begun by a process that may be gone. */
export async function openReleases(database: Knex): Promise<Release[]> {
	const rows = await database(TABLE)
		.where({ action: 'release' })
		.where((either) =>
			either.where('detail', 'like', '{"status":"planned"%').orWhere('detail', 'like', '{"status":"running"%'),
		)
		.orderBy('at')
		.select<Raw[]>('*');
	return rows.map(read);
}

export async function listReleases(
	database: Knex,
	{ target, limit, page }: { target?: string | undefined; limit: number; page: number },
): Promise<{ rows: Release[]; total: number }> {
	const all = () => database(TABLE).where({ action: 'release', ...(target === undefined ? {} : { target }) });
	const counted = await all().count({ count: '*' }).first<{ count: number | string }>();
	const rows = await all()
		.orderBy('at', 'desc')
		.orderBy('id', 'desc')
		.limit(limit)
		.offset((page - 1) * limit)
		.select<Raw[]>('*');
	return { rows: rows.map(read), total: Number(counted?.count ?? 0) };
}

// The status comes first: it is what is looked for.
const detailOf = ({ status, due, items, expect, counts, error, reason }: Release) =>
	JSON.stringify({ status, due, items, expect, counts, error, reason });

function read({ id, at, user, target, detail }: Raw): Release {
	const stored = JSON.parse(detail) as Partial<Release>;
	return {
		id,
		target,
		user,
		at: Number(at),
		reason: stored.reason ?? null,
		status: stored.status ?? 'done',
		due: stored.due ?? Number(at),
		items: stored.items ?? [],
		expect: stored.expect ?? null,
		counts: stored.counts ?? null,
		error: stored.error ?? null,
	};
}
