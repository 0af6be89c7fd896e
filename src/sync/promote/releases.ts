import { LIMITS } from '../../../schema.js';
import type { Named } from '../../contract/promote-routes.js';
import type { Promotion } from '../../contract/answers/previews.js';
import type { RemoteSource } from '../remote-source.js';
import type { SyncPorts } from '../sync-ports.js';
import { collectedFor } from '../../delivery/tables/delivery-promoted.js';
import { acquireLease, releaseLease } from '../../kernel/database/leases.js';
import { insertRelease, openReleases, saveRelease, type Release } from '../tables/release-table.js';
import { NotPromoted } from './gather.js';
import { promoteRows, PromotionRefused } from './promote.js';
import type { RowsAsked } from './take-in-together.js';
import { messageOf } from '../../kernel/core/message-of.js';
import { failedRelease, type NotifyUsers } from '../../delivery/notifications.js';

type ReleasePorts = Parameters<typeof promoteRows>[0] & SyncPorts<'clock' | 'database' | 'logger' | 'rules'>;

export interface ReleaseAsked {
	items: Named | undefined;
	dryRun: boolean;
	expect?: string | undefined;
	reason?: string | undefined;
	user: string | null;
}

/** Releases what is collected for a source, or some of it; a dry run only says what that would be. */
export async function release(ports: ReleasePorts, source: RemoteSource, asked: ReleaseAsked): Promise<Promotion> {
	const items = await collected(ports, source, asked.items);
	const { dryRun, expect, reason, user } = asked;
	return promoteRows(ports, source, asRows(items), { dryRun, expect, reason, user, action: 'release' });
}

/** Plans a release: of the items that are collected by now, as they are then. */
export async function planRelease(
	ports: ReleasePorts,
	source: RemoteSource,
	{ at, items, expect, reason, user }: ReleaseAsked & { at: number },
): Promise<Release> {
	const { clock, database } = ports;
	const now = clock.now();
	if (at <= now) throw new NotPromoted('INVALID_PAYLOAD', 'the time of a release has to be in the future');
	const chosen = await collected(ports, source, items);
	if (chosen.length === 0) throw new NotPromoted('NOTHING_COLLECTED', `nothing is collected for "${source.name}"`);
	const planned: Release = {
		id: clock.id(),
		target: source.id,
		at: now,
		user,
		reason: reason ?? null,
		status: 'planned',
		due: at,
		items: chosen,
		expect: expect ?? null,
		counts: null,
		error: null,
	};
	await insertRelease(database, planned);
	return planned;
}

async function collected(
	{ database }: SyncPorts<'database'>,
	source: RemoteSource,
	items: Named | undefined,
): Promise<Release['items']> {
	const all = await collectedFor(database, source.id, LIMITS.syncTogether + 1);
	const parts = new Map(source.rules.flatMap(({ rule, follows }) => (follows ? [[rule.collection, follows]] : [])));
	const wanted = items?.map((item) => ({ ...item, keys: item.keys && new Set(item.keys) }));
	// Parts of an item come along with it.
	const chosen = wanted
		? all.filter(({ collection, item }) =>
				wanted.some((one) => one.collection === collection && (one.keys === undefined || one.keys.has(item))),
			)
		: all;
	for (const { collection, keys } of wanted ?? [])
		for (const key of keys ?? [])
			if (!chosen.some((one) => one.collection === collection && one.item === key))
				throw new NotPromoted(
					'NOT_COLLECTED',
					`nothing is collected of ${collection} ${key}${parts.has(collection) ? '; it comes along with what it belongs to' : ''}`,
				);
	if (chosen.length > LIMITS.syncTogether)
		throw new NotPromoted(
			'TOO_MANY',
			`more than ${LIMITS.syncTogether.toLocaleString('en')} rows are collected, which is the most that is written at once: choose some of them, or run a backfill`,
		);
	return chosen;
}

const asRows = (items: Release['items']): RowsAsked[] =>
	[...Map.groupBy(items, ({ collection, isGone }) => `${collection} ${isGone}`).values()].map((some) => ({
		collection: some[0]?.collection ?? '',
		keys: [...new Set(some.map(({ item }) => item))],
		isGone: true,
	}));

const isDone = ({ counts, left_out }: Promotion): boolean =>
	counts.create + counts.update + counts.delete + counts.refused + left_out.length === 0;

/** How often it is looked for releases whose time has come. */
const LOOK_MS = 2_000;

/** How long another node may be silent before this one goes on with its release. */
const LEASE_MS = 60_000;

/** Does releases whose time has come; called at every poll. */
export function createReleaseWatch(
	ports: ReleasePorts & {
		identity: { isHeld(): boolean };
		settings: { sends: boolean };
		notifyUsers: NotifyUsers;
		usersOf(target: string): Promise<string[]>;
	},
): () => Promise<void> {
	const { database, clock, logger, rules } = ports;
	const atWork = new Set<string>();
	let lookedAt = 0;

	async function run(planned: Release): Promise<void> {
		const holder = clock.id();
		const lease = `release:${planned.id.slice(0, 40)}`;
		const hold = () => acquireLease(database, lease, holder, LEASE_MS, clock.now());
		if (!(await hold())) return;
		const renewal = setInterval(() => void hold().catch(() => {}), LEASE_MS / 4);
		try {
			const source = rules.remote(planned.target);
			if (!(await saveRelease(database, { ...planned, status: 'running' }, ['planned', 'running']))) return;
			if (source?.status !== 'published') throw new NotPromoted('OFF', 'the remote source is not published any more');
			await promoteRows(ports, source, asRows(planned.items), {
				dryRun: false,
				...(planned.expect === null ? {} : { expect: planned.expect }),
				user: planned.user,
				action: 'release',
				release: {
					id: planned.id,
					done: async (transaction, counts) =>
						void (await saveRelease(transaction, { ...planned, status: 'done', counts }, ['running'])),
				},
			});
			await saveRelease(database, { ...planned, status: 'done' }, ['running']);
		} catch (error) {
			// A process that ended in the middle may have done it.
			if (error instanceof PromotionRefused && isDone(error.promotion)) {
				await saveRelease(database, { ...planned, status: 'done' }, ['running']);
				return;
			}
			const message = messageOf(error);
			if (!(await saveRelease(database, { ...planned, status: 'failed', error: message }, ['planned', 'running'])))
				return;
			const name = rules.remote(planned.target)?.name ?? planned.target;
			logger.error(`[downstream] a planned release to "${name}" failed: ${message}`);
			await ports.notifyUsers(
				{ id: planned.target, kind: 'sync', name },
				async () => [...new Set([...(await ports.usersOf(planned.target)), ...(planned.user ? [planned.user] : [])])],
				(link) => failedRelease({ name, due: planned.due, error: message }, link),
			);
		} finally {
			clearInterval(renewal);
			await releaseLease(database, lease, holder).catch(() => {});
		}
	}

	return async () => {
		const now = clock.now();
		if (now - lookedAt < LOOK_MS || ports.identity.isHeld() || !ports.settings.sends) return;
		lookedAt = now;
		for (const release of await openReleases(database)) {
			if (release.due > now || atWork.has(release.id)) continue;
			atWork.add(release.id);
			void run(release)
				.catch((error: unknown) => logger.warn(`[downstream] a release is tried again in a moment: ${String(error)}`))
				.finally(() => atWork.delete(release.id));
		}
	};
}
