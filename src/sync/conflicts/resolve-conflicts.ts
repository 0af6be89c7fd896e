import type { Accountability } from '@directus/types';
import type { ConflictFilter } from '../../contract/conflict-routes.js';
import { LIMITS } from '../../../schema.js';
import { ChoiceRefused, type ConflictChoice } from '../core/merge/decide-by-hand.js';
import { canonical } from '../../kernel/core/same-value.js';
import { ConflictOver, resolveConflict } from './resolve-conflict.js';
import { VersionMoved } from '../core/merge/row-version.js';
import type { SyncPorts } from '../sync-ports.js';
import { EVERYTHING } from '../link/sync-access.js';
import { recordOperation } from '../../delivery/tables/operation-table.js';
import { listConflicts } from '../tables/sync-conflict-list.js';
import { findConflict, type ConflictRow } from '../tables/sync-conflict-table.js';

/** Why a conflict is not decided: an HTTP status and a sentence. */
export interface NotResolved {
	status: 404 | 409 | 422;
	code: 'NOT_FOUND' | 'RESOLVED_MEANWHILE' | 'REFUSED';
	message: string;
}

interface Asked {
	use: ConflictChoice;
	item: string | null;
	accountability: Accountability;
}

/** Decides one conflict. The same decision a second time is the same; another one comes too late. */
export async function resolveOne(
	ports: SyncPorts<'clock' | 'database', 'applyPorts'>,
	id: string,
	asked: Asked,
): Promise<ConflictRow | NotResolved> {
	const operation = ports.clock.id();
	const resolved = await decide(ports, id, asked, operation);
	if (!('code' in resolved) && resolved.did)
		await record(ports, operation, asked, { target: resolved.row.target, ids: [id], count: 1 });
	return 'code' in resolved ? resolved : resolved.row;
}

/** Decides several in the same way, one after the other; those that cannot be are left as they are, and named. */
export async function resolveMany(
	ports: SyncPorts<'clock' | 'database', 'applyPorts'>,
	{ ids, filter }: { ids?: string[] | undefined; filter?: ConflictFilter | undefined },
	asked: Asked,
): Promise<{ operation: string; resolved: string[]; refused: (NotResolved & { id: string })[] }> {
	const operation = ports.clock.id();
	const wanted = ids ?? (await matching(ports, filter ?? {}));
	const resolved: string[] = [];
	const refused: (NotResolved & { id: string })[] = [];
	for (const id of wanted) {
		const result = await decide(ports, id, asked, operation);
		if ('code' in result) refused.push({ id, ...result });
		else resolved.push(id);
	}
	await record(ports, operation, asked, { target: filter?.target ?? null, ids: resolved, count: resolved.length });
	return { operation, resolved, refused };
}

/** Without a status only open conflicts are meant, so that nothing decided is decided again by accident. */
async function matching({ database }: SyncPorts<'database'>, filter: ConflictFilter): Promise<string[]> {
	const page = { limit: LIMITS.listRows, page: 1, sort: { field: 'at', descending: false } };
	const { rows } = await listConflicts(database, { status: 'open', ...filter }, page);
	return rows.map(({ id }) => id);
}

async function decide(
	ports: SyncPorts<'database', 'applyPorts'>,
	id: string,
	{ use, item, accountability }: Asked,
	run: string,
): Promise<{ row: ConflictRow; did: boolean } | NotResolved> {
	const { database, sync } = ports;
	const conflict = await findConflict(database, id);
	if (!conflict) return { status: 404, code: 'NOT_FOUND', message: `there is no conflict "${id}"` };
	if (conflict.status === 'resolved') {
		const isSame = conflict.resolution === JSON.stringify(use) || isSameChoice(conflict.resolution, use);
		return isSame
			? { row: conflict, did: false }
			: { status: 409, code: 'RESOLVED_MEANWHILE', message: endOf(conflict) };
	}
	const applyPorts = sync.applyPorts(conflict.peer, { accountability, accessOf: () => EVERYTHING });
	try {
		await againIfMoved(() => resolveConflict(conflict, { use, item, user: accountability.user, run }, applyPorts));
	} catch (error) {
		if (error instanceof ConflictOver)
			return {
				status: 409,
				code: 'RESOLVED_MEANWHILE',
				message: 'the conflict was resolved by somebody else meanwhile',
			};
		if (error instanceof ChoiceRefused || isRefusal(error))
			return { status: 422, code: 'REFUSED', message: error.message };
		throw error;
	}
	return { row: (await findConflict(database, id)) ?? conflict, did: true };
}

async function againIfMoved(work: () => Promise<void>): Promise<void> {
	for (let left = 5; ; left -= 1) {
		try {
			return await work();
		} catch (error) {
			if (left <= 1 || !(error instanceof VersionMoved)) throw error;
		}
	}
}

function isSameChoice(resolution: string | null, use: ConflictChoice): boolean {
	try {
		return canonical(JSON.parse(resolution ?? 'null')) === canonical(use);
	} catch {
		return false;
	}
}

const endOf = ({ resolvedBy, resolution }: ConflictRow): string =>
	resolvedBy === null
		? `the conflict is over: ${resolution ?? 'a later change has settled it'}`
		: 'the conflict was decided already, and in another way';

/** Directus refuses what breaks its rules with a status below 500. */
function isRefusal(error: unknown): error is Error {
	const status = (error as { status?: unknown }).status;
	return error instanceof Error && typeof status === 'number' && status < 500;
}

const record = (
	{ database, clock }: SyncPorts<'clock' | 'database'>,
	id: string,
	{ use, accountability }: Asked,
	{ target, ...detail }: { target: string | null; ids: string[]; count: number },
): Promise<void> =>
	recordOperation(database, {
		id,
		at: clock.now(),
		user: accountability.user,
		action: 'resolve',
		target,
		detail: { ...detail, use },
	});
