import { isRecord } from '../../../kernel/core/is-record.js';

/** One entry of a policy's `roles` in a bundle: the role that it is attached to, or null for everybody. */
export interface Access {
	role: string | null;
	sort: number | null;
}

/** By place among the role's policies, then by SyncID: the order of the rows is another one on each instance. */
export const bySortThenRole = (a: Access, b: Access): number =>
	(a.sort ?? Infinity) - (b.sort ?? Infinity) || (String(a.role) < String(b.role) ? -1 : 1);

export const isAccessList = (value: unknown): value is Access[] => Array.isArray(value) && value.every(isRecord);

/** A policy's access rows `{ role, user, sort }` without those of users; null for `role` only where `user` is null too. */
export function accessOf(rows: unknown[]): Access[] {
	return rows
		.filter(isRecord)
		.filter(({ role, user }) => (role === null ? user === null : typeof role === 'string' && user == null))
		.map(({ role, sort }) => ({ role: role as string | null, sort: typeof sort === 'number' ? sort : null }));
}
