import { readPlainError } from './plain-requests.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import type { WireRequest } from '../../kernel/core/wire.js';
import type { PlainRow } from './plain-values.js';
import { WAITING } from '../../contract/sync-messages.js';
import { askAbout, keysOf, type PlainVerdicts, type PlainWay } from './ask-plain.js';

type How = 'create' | 'update' | 'remove';

/**
 * Writes rows of one collection, all of them to be written or all to be deleted, in few requests. Directus takes a
 * request as a whole or not at all: one that it does not take is halved until the bad row is found.
 */
export async function writePlainRows(
	rows: PlainRow[],
	{ collection, primary, singleton }: Pick<SyncModel, 'collection' | 'primary' | 'singleton'>,
	way: PlainWay,
): Promise<PlainVerdicts> {
	const { requests } = way;
	const made: PlainVerdicts = { rows: new Map(), halt: null, pause: null };
	const settle = (some: PlainRow[], verdict: Verdict) => some.forEach((row) => made.rows.set(row, verdict));

	const { tryTo, whichAreThere, noneIsThere } = askAbout({ collection, primary }, made, way);

	const valuesOf = (some: PlainRow[], how: How) =>
		some.flatMap(({ values, asNew }) => (values ? [how === 'create' ? { ...values, ...asNew } : values] : []));
	const requestTo = (how: How, some: PlainRow[]): WireRequest =>
		how === 'remove'
			? requests.remove(collection, keysOf(some))
			: requests[how](collection, primary, valuesOf(some, how));

	/** @param turned it was tried the other way before: a row may come or go in between, but not for ever */
	async function write(how: How, some: PlainRow[], turned = false): Promise<void> {
		if (some.length === 0) return;
		const tried = await tryTo(requestTo(how, some));
		if (!tried) return settle(some, made.halt ?? DELIVERED);
		const { verdict, status, body } = tried;
		if (verdict.kind === 'delivered') return settle(some, verdict);
		const error = readPlainError(body, primary);
		// Directus answers 403 for items that are not there.
		const mayBeMissing = status === 403 || status === 404;
		if (how === 'remove' && mayBeMissing && (await noneIsThere(some))) return settle(some, DELIVERED);
		if (made.halt) return settle(some, made.halt);
		// Without a right to create anything, one row more or less changes nothing.
		const isOfAll = status < 400 || (how === 'create' && status === 403);
		if (some.length > 1 && !isOfAll) {
			const half = Math.ceil(some.length / 2);
			await write(how, some.slice(0, half));
			return write(how, some.slice(half));
		}
		if (how === 'create' && error?.isKeyTaken && !turned) return write('update', some, true);
		if (how === 'update' && mayBeMissing && !turned) return write('create', some, true);
		settle(some, error?.code === 'INVALID_FOREIGN_KEY' ? awaits(verdict) : verdict);
	}

	if (rows.every(({ values }) => values === null)) await write('remove', rows);
	else if (singleton) {
		const [row] = rows;
		const tried = row?.values ? await tryTo(requests.updateSingleton(collection, row.values)) : null;
		settle(rows, tried?.verdict ?? made.halt ?? DELIVERED);
	} else {
		const existing = await whichAreThere(rows);
		await write(
			'create',
			rows.filter(({ key }) => !existing?.has(key)),
		);
		await write(
			'update',
			rows.filter(({ key }) => existing?.has(key)),
		);
	}
	return made;
}

const DELIVERED: Verdict = { kind: 'delivered' };

/** What it refers to may still arrive, or has to go first. */
const awaits = (verdict: Verdict): Verdict =>
	verdict.kind === 'delivered'
		? verdict
		: { kind: 'retry', code: WAITING, message: verdict.message, retryAfterMs: null };
