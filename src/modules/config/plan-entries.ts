import { stepOf, type ConfigKind } from '../../contract/config-kinds.js';
import type { Change, Plan, Risk } from '../../contract/plan.js';
import { thingsOf } from '../../config/core/plan/plan-things.js';
import { KINDS_READ } from './read-order.js';

/** One thing of a plan, whatever number of steps it takes. */
export interface Entry {
	/** `roles:4f…`, by which it is chosen. */
	step: string;
	/** Nothing else is called this. */
	key: string;
	change: Change;
}

export interface Group {
	kind: ConfigKind;
	entries: Entry[];
}

/** What to look at: everything, one action, or what carries one risk. */
export type Filter =
	| 'all'
	| 'create'
	| 'update'
	| 'delete'
	| Extract<Risk, 'rights' | 'data_loss' | 'breaking' | 'secret' | 'environment'>;

export const FILTERS: readonly Filter[] = [
	'all',
	'create',
	'update',
	'delete',
	'rights',
	'data_loss',
	'breaking',
	'secret',
	'environment',
];

/**
 * The things that a plan would do, and those that it only shows. What is unchanged is no entry.
 *
 * @param isPast whether it was carried out: what it only showed did not happen
 */
export function entriesOf({ changes }: Pick<Plan, 'changes'>, isPast = false): Entry[] {
	const done = changes.filter(({ kept, action }) => !kept && action !== 'none');
	const kept = isPast ? [] : changes.filter((change) => change.kept);
	return [...thingsOf(done), ...kept].map((change) => ({
		step: stepOf(change),
		key: `${stepOf(change)} ${change.action}`,
		change,
	}));
}

export const isGone = ({ change }: Entry): boolean => change.action === 'delete';

export function fitsFilter({ change }: Entry, filter: Filter): boolean {
	if (filter === 'all') return true;
	if (filter === 'create' || filter === 'update' || filter === 'delete') return change.action === filter;
	return change.risk.includes(filter);
}

export function fitsText({ change }: Entry, text: string): boolean {
	const wanted = text.trim().toLowerCase();
	return [change.name, change.sync_id, change.kind, change.local_id ?? ''].some((part) =>
		part.toLowerCase().includes(wanted),
	);
}

/** By kind, in the order in which they are read. */
export function groupsOf(entries: readonly Entry[]): Group[] {
	const byKind = Map.groupBy(entries, ({ change }) => change.kind);
	return KINDS_READ.flatMap((kind) => {
		const group = byKind.get(kind);
		return group ? [{ kind, entries: group }] : [];
	});
}

export type Counts = Record<'move' | 'create' | 'update' | 'delete', number>;

export function countActions(entries: readonly Entry[]): Counts {
	const counts: Counts = { move: 0, create: 0, update: 0, delete: 0 };
	for (const { change } of entries) if (change.action !== 'none') counts[change.action]++;
	return counts;
}

/** How many of each kind a bundle has, as far as it can be told. */
export function sizesOf(bundle: unknown): Partial<Record<ConfigKind, number>> {
	const { schema, elements } = (bundle ?? {}) as Record<string, Record<string, unknown> | null | undefined>;
	const lists = KINDS_READ.map((kind) => [kind, schema?.[kind] ?? elements?.[kind]] as const);
	return Object.fromEntries(lists.flatMap(([kind, list]) => (Array.isArray(list) ? [[kind, list.length]] : [])));
}
