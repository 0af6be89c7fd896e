import { stepOf } from '../../../contract/config-kinds.js';
import { namedIn } from '../elements/element-names.js';
import type { Change, FieldChange } from '../../../contract/plan.js';

/** One entry per element; the two steps that some need are joined. */
export function thingsOf(steps: readonly Change[]): Change[] {
	const things = new Map<string, Change>();
	for (const change of steps) {
		const key = stepOf(change);
		const first = things.get(key);
		if (!first) things.set(key, change);
		else if (change.completes && change.action === 'delete') things.set(key, change);
		else if (change.completes) things.set(key, { ...first, fields: mergedFields(first.fields, change.fields) });
		// A field that is replaced by one of the same name is two things.
		else things.set(`${key} ${change.action}`, change);
	}
	return [...things.values()];
}

/** Joins the fields of two steps: a field that the first empties and the second fills is one change. */
function mergedFields(first: Change['fields'], second: Change['fields']): Change['fields'] {
	const emptied = new Map(first.map((field) => [field.field, field]));
	const later = second.map((field) => ({ ...field, from: emptied.get(field.field)?.from ?? field.from }));
	const replaced = new Set(second.map(({ field }) => field));
	return [...first.filter(({ field }) => !replaced.has(field)), ...later];
}

/** Shows references by name, since nobody can read a SyncID. */
export function withNames(change: Change, names: Record<string, string>): Change {
	const fields = change.fields.map((entry) => {
		const known = new Map(namedIn(change.kind, entry).map(({ step, id }) => [id, names[step] ?? id]));
		if (change.kind === 'policies') return withAttachments(entry, names);
		const named = (value: unknown) => (typeof value === 'string' ? (known.get(value) ?? value) : value);
		return known.size === 0 ? entry : { ...entry, from: named(entry.from), to: named(entry.to) };
	});
	return { ...change, fields };
}

/** Shows the roles that a policy is attached to by name. */
function withAttachments({ field, from, to }: FieldChange, names: Record<string, string>): FieldChange {
	const nameOf = (role: unknown) =>
		role === null || role === 'public' ? 'everybody (public)' : (names[`roles:${String(role)}`] ?? String(role));
	if (field === 'roles') {
		const list = (value: unknown) =>
			Array.isArray(value) ? value.map(({ role }: { role: unknown }) => nameOf(role)).join(', ') || '(nobody)' : value;
		return { field: 'attached to', from: list(from), to: list(to) };
	}
	const role = /^roles\[([^\]]+)\]$/.exec(field)?.[1];
	if (role === undefined)
		return { field: field.replace(/^roles\[([^\]]+)\]/, (_, id: string) => `attached to ${nameOf(id)}`), from, to };
	return {
		field: 'attached to',
		from: from === undefined ? undefined : nameOf(role),
		to: to === undefined ? undefined : nameOf(role),
	};
}
