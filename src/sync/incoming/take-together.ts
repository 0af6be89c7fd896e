import type { SyncChange, SyncResult } from '../../contract/sync-messages.js';
import type { RowOutcome } from '../../contract/sync-together.js';
import { versionId } from '../core/merge/row-version.js';
import { applyChanges } from './apply-changes.js';
import type { ApplyPorts, ApplyTransaction, LogEntry, StoredConflict } from './apply-ports.js';
import type { Sender } from './batch.js';

type Kept = Parameters<ApplyTransaction['keep']>[0];

export interface TogetherPorts {
	/**
	 * Opens one transaction; the transactions that `work` opens are savepoints in it. In the end all of it is kept or, where
	 * the work says so, nothing.
	 */
	together<T>(collection: string, work: (ports: ApplyPorts) => Promise<{ value: T; keeps: boolean }>): Promise<T>;
	/** Whether the sender may see a field's values here. */
	mayShow(collection: string, field: string): boolean;
}

/**
 * Takes in rows of another instance, all of them or none, and says what becomes of each: whether it is made, changed or
 * deleted, which row it was recognised as, and why it is refused. As many rows as can be are tried, so that all reasons
 * are told at once.
 * @param keeps whether what came out is to stay
 */
export async function takeTogether(
	changes: SyncChange[],
	from: Sender,
	ports: TogetherPorts,
	keeps: (rows: RowOutcome[]) => boolean,
): Promise<{ rows: RowOutcome[]; written: boolean }> {
	const [first] = changes;
	if (!first) return { rows: [], written: keeps([]) };
	return ports.together(first.collection, async (inner) => {
		const kept: Kept[] = [];
		const watched: ApplyPorts = {
			...inner,
			transaction: async (collection, work) => {
				const own: Kept[] = [];
				const value = await inner.transaction(collection, (tx) =>
					work({
						...tx,
						keep(batch) {
							own.push(batch);
							return tx.keep(batch);
						},
					}),
				);
				kept.push(...own);
				return value;
			},
		};
		const results = await applyChanges(changes, from, watched);
		const rows = outcomesOf(changes, results, kept, ports.mayShow);
		const written = keeps(rows);
		return { value: { rows, written }, keeps: written };
	});
}

const placeOf = ({ collection, sync_id }: { collection: string; sync_id: string }) => `${collection}/${sync_id}`;

function outcomesOf(
	changes: SyncChange[],
	results: SyncResult[],
	kept: Kept[],
	mayShow: TogetherPorts['mayShow'],
): RowOutcome[] {
	const log = kept.flatMap((batch) => batch.log);
	const own = new Set(changes.map(placeOf));
	const isOwn = (entry: LogEntry) => own.has(`${entry.collection}/${entry.syncId}`);
	const written = new Map<string, LogEntry>();
	for (const entry of log.filter(isOwn)) {
		const place = `${entry.collection}/${entry.syncId}`;
		written.set(place, joined(written.get(place), entry));
	}
	const along = new Map<string, LogEntry[]>();
	for (const batch of kept) {
		// What the database does along with a deletion is recorded before it.
		let before: LogEntry[] = [];
		for (const entry of batch.log) {
			if (!isOwn(entry)) before.push(entry);
			else {
				if (entry.event === 'delete') along.set(`${entry.collection}/${entry.syncId}`, before);
				before = [];
			}
		}
	}
	const outcomes = kept.flatMap((batch) => batch.details ?? []);
	const conflicts = Map.groupBy(
		kept.flatMap((batch) => batch.conflicts),
		({ version }) => version,
	);
	const seen = new Set<string>();
	return results.flatMap((result): RowOutcome[] => {
		const place = placeOf(result);
		if (seen.has(place)) return [];
		seen.add(place);
		const asked = conflicts.get(versionId({ collection: result.collection, syncId: result.sync_id })) ?? [];
		const entry = written.get(place);
		return [
			{
				...outcomeOf(result, { entry, asked, mayShow, along: along.get(place) ?? [] }),
				...optional(
					'found',
					outcomes.map(({ recognised }) => recognised.get(place)).findLast((row) => row !== undefined),
					({ by, fields }) => ({ by, fields: [...fields] }),
				),
				...optional(
					'awaits',
					outcomes.map(({ awaits }) => awaits.get(place)).findLast((references) => references !== undefined),
					(all) => all.map(({ field, collection, syncId }) => ({ field, collection, sync_id: syncId })),
				),
				item:
					entry?.localKey ??
					outcomes.map(({ recognised }) => recognised.get(place)?.key).findLast(Boolean) ??
					asked[0]?.localKey ??
					null,
			},
		];
	});
}

/** A row that is written twice, since what it refers to came later, is written once as far as anybody sees. */
function joined(first: LogEntry | undefined, next: LogEntry): LogEntry {
	if (!first || first.after === null || next.after === null) return next;
	const before = first.before && { ...next.before, ...first.before };
	return { ...next, event: first.event, before, after: { ...first.after, ...next.after } };
}

function outcomeOf(
	{ collection, sync_id, outcome, code, message, refused, needs }: SyncResult,
	{
		entry,
		asked,
		along,
		mayShow,
	}: { entry: LogEntry | undefined; asked: StoredConflict[]; along: LogEntry[]; mayShow: TogetherPorts['mayShow'] },
): RowOutcome {
	const held = asked.find(({ status, kind }) => status === 'open' && kind === 'fields')?.message ?? null;
	const isRefused = outcome === 'parked' || (outcome === 'waiting' && !entry) || held !== null;
	const decided = asked.flatMap(({ status, fields }) =>
		status === 'open' && !held ? [] : fields.map(({ field, took }) => ({ field, took })),
	);
	return {
		collection,
		sync_id,
		item: null,
		action: isRefused ? 'refused' : (entry?.event ?? 'none'),
		...(held ? { code: 'FIELDS_CONFLICT', message: held } : code === undefined ? {} : { code, message: message ?? '' }),
		...(entry && entry.event !== 'delete' ? { fields: fieldsOf(entry, mayShow) } : {}),
		...(decided.length > 0 ? { decided } : {}),
		...(refused && refused.length > 0 ? { refused } : {}),
		...(along.length > 0
			? {
					along: along.map(({ collection: of, localKey, event }) => ({
						collection: of,
						item: localKey ?? '',
						event: event === 'delete' ? ('delete' as const) : ('update' as const),
					})),
				}
			: {}),
		...(needs === undefined ? {} : { needs }),
	};
}

function fieldsOf(
	{ collection, before, after }: LogEntry,
	mayShow: TogetherPorts['mayShow'],
): NonNullable<RowOutcome['fields']> {
	return Object.entries(after ?? {}).map(([field, to]) => {
		if (!mayShow(collection, field)) return { field };
		return before === null ? { field, to } : { field, from: before[field] ?? null, to };
	});
}

const optional = <Name extends string, T, Shown>(name: Name, value: T | undefined, show: (value: T) => Shown) =>
	(value === undefined || (Array.isArray(value) && value.length === 0) ? {} : { [name]: show(value) }) as {
		[name in Name]?: Shown;
	};
