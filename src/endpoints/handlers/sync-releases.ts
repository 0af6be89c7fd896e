import { isoTime } from '../../kernel/core/iso-time.js';
import { planRelease, release } from '../../sync/promote/releases.js';
import { NAMED } from '../../delivery/core/operation-detail.js';
import { recordOperation } from '../../delivery/tables/operation-table.js';
import { findRelease, listReleases, saveRelease, type Release } from '../../sync/tables/release-table.js';
import { notFound, RequestError } from '../request-error.js';
import type { Handler } from '../respond.js';
import { findSource } from './sync-sources.js';
import { promoted } from './sync-together.js';

export const syncRelease: Handler<'syncRelease'> = async ({ id, input, user, runtime }) => {
	const source = await findSource(id, runtime);
	const { items, dry_run: dryRun, expect, reason, at } = input;
	const asked = { items, dryRun, expect, reason, user };
	if (at === undefined) return { data: await promoted(() => release(runtime, source, asked)) };
	return { data: shown(await promoted(() => planRelease(runtime, source, { ...asked, at: Date.parse(at) }))) };
};

export const syncReleases: Handler<'syncReleases'> = async ({ input, runtime }) => {
	const { rows, total } = await listReleases(runtime.database, input);
	return { data: rows.map(shown), meta: { total, limit: input.limit, page: input.page } };
};

export const syncReleaseCancel: Handler<'syncReleaseCancel'> = async ({ id, input, user, runtime }) => {
	const { clock, database } = runtime;
	const release = await findRelease(database, id);
	if (!release) throw notFound('release', id);
	const cancelled: Release = { ...release, status: 'cancelled' };
	if (!(await saveRelease(database, cancelled, ['planned', 'cancelled'])))
		throw new RequestError(409, 'RELEASE_OVER', `the release is ${release.status}, and cannot be called off any more`);
	await recordOperation(database, {
		id: clock.id(),
		at: clock.now(),
		user,
		action: 'cancel',
		target: release.target,
		detail: { release: id, reason: input.reason ?? null },
	});
	return { data: shown(cancelled) };
};

const shown = ({ items, at, due, ...release }: Release) => ({
	...release,
	at: isoTime(at),
	due: isoTime(due),
	items: items.slice(0, NAMED).map(({ isGone, ...item }) => ({ ...item, deleted: isGone })),
	items_count: items.length,
});
