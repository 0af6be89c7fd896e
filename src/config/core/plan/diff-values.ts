import { isRecord } from '../../../kernel/core/is-record.js';
import type { Element, ElementKind } from '../../../contract/bundle.js';
import { isConfiguration, MASKED } from '../elements/kinds.js';
import type { FieldChange } from '../../../contract/plan.js';

/**
 * By which of their properties the objects of a list are told apart; the first that all of them have wins. A header or a
 * parameter is known by its name: its value may be a credential, which has no place in a path.
 */
const IDENTITIES = ['_syncId', 'id', 'key', 'field', 'header', 'name', 'value', 'role', 'language', 'collection'];

/** Whether two JSON values are the same. The order of keys says nothing; a key that is missing is as good as undefined. */
export function sameJson(a: unknown, b: unknown): boolean {
	if (a === b) return true;
	if (Array.isArray(a)) {
		return Array.isArray(b) && a.length === b.length && a.every((entry, index) => sameJson(entry, b[index]));
	}
	if (!isRecord(a) || !isRecord(b)) return false;
	const keys = Object.keys(a).filter((key) => a[key] !== undefined);
	const others = Object.keys(b).filter((key) => b[key] !== undefined);
	return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

/**
 * Where two values differ: JSON objects by path (`options.url`), lists of things that have a name by it
 * (`module_bar[content].enabled`), everything else as a whole. `from` or `to` is undefined where nothing is there.
 * The paths are for people: a column is always written whole.
 */
export function diffValues(field: string, from: unknown, to: unknown): FieldChange[] {
	if (sameJson(from, to)) return [];
	if (isRecord(from) && isRecord(to)) {
		const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
		// Two objects that have nothing in common are easier to read one after the other.
		if (!keys.some((key) => key in from && key in to)) return [{ field, from, to }];
		return keys.flatMap((key) => diffValues(`${field}.${key}`, from[key], to[key]));
	}
	if (Array.isArray(from) && Array.isArray(to)) return diffLists(field, from, to);
	return [{ field, from, to }];
}

function diffLists(field: string, from: unknown[], to: unknown[]): FieldChange[] {
	const identity = IDENTITIES.find((name) => identifies(name, from) && identifies(name, to));
	if (!identity) return [{ field, from, to }];
	const before = byIdentity(identity, from);
	const after = byIdentity(identity, to);
	const shared = [...before.keys()].filter((key) => after.has(key));
	const sharedAfter = [...after.keys()].filter((key) => before.has(key));
	// Another order is a change too, and only the whole list shows it.
	if (shared.length === 0 || shared.some((key, index) => key !== sharedAfter[index])) return [{ field, from, to }];
	return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
		diffValues(`${field}[${key}]`, before.get(key), after.get(key)),
	);
}

function identifies(name: string, list: unknown[]): boolean {
	const values = list.map((entry) => (isRecord(entry) ? entry[name] : undefined));
	return (
		values.length > 0 &&
		values.every((value) => typeof value === 'string' || typeof value === 'number') &&
		new Set(values.map(String)).size === values.length
	);
}

const byIdentity = (name: string, list: unknown[]): Map<string, unknown> =>
	new Map(list.map((entry) => [String(isRecord(entry) ? entry[name] : ''), entry]));

/** The column that a path lies in: `options` of `options.headers[Accept].value`. */
export const columnOf = (path: string): string => path.split(/[.[]/, 1)[0] ?? path;

export interface ElementDifference {
	fields: FieldChange[];
	/** Fields with a value in the bundle that the target's Directus does not have. */
	unknown: string[];
}

/**
 * Field by field what would become of an element of the target.
 * What the bundle does not mention is left alone: a dump of an older Directus knows nothing of newer fields.
 * @param known the fields that the target has for this kind
 */
export function diffElement(
	kind: ElementKind,
	current: Element,
	wanted: Element,
	known: ReadonlySet<string>,
): ElementDifference {
	const { fields, unknown } = comparable(kind, wanted, known);
	return {
		unknown,
		fields: fields.flatMap((field) => {
			const from = current[field] ?? null;
			const to = wanted[field] ?? null;
			return kind === 'policies' && field === 'roles' ? diffAttachments(from, to) : diffValues(field, from, to);
		}),
	};
}

/** Everything that a new element consists of. Empty values too: the database may have another default. */
export function newValues(kind: ElementKind, wanted: Element, known: ReadonlySet<string>): ElementDifference {
	const { fields, unknown } = comparable(kind, wanted, known);
	return { unknown, fields: fields.map((field) => ({ field, from: undefined, to: wanted[field] ?? null })) };
}

/** What ceases to exist with an element. */
export function goneValues(kind: ElementKind, current: Element): FieldChange[] {
	const { fields } = comparable(kind, current, null);
	return fields
		.filter((field) => current[field] !== null && current[field] !== undefined)
		.map((field) => ({ field, from: current[field], to: undefined }));
}

function comparable(kind: ElementKind, element: Element, known: ReadonlySet<string> | null) {
	const mentioned = Object.keys(element).filter(
		(field) => isConfiguration(kind, field) && element[field] !== undefined && element[field] !== MASKED,
	);
	const fields = mentioned.filter((field) => known === null || known.has(field));
	const strange = mentioned.filter((field) => known !== null && !known.has(field));
	return { fields, unknown: strange.filter((field) => element[field] !== null) };
}

/**
 * The roles that a policy is attached to are a set, whatever their order; what only one version of a dump says of an
 * attachment (its `user`) is no difference.
 */
function diffAttachments(from: unknown, to: unknown): FieldChange[] {
	if (!Array.isArray(from) || !Array.isArray(to)) return diffValues('roles', from, to);
	const key = (entry: unknown) => (isRecord(entry) ? String(entry['role'] ?? 'public') : '');
	const before = new Map(from.map((entry) => [key(entry), entry]));
	const after = new Map(to.map((entry) => [key(entry), entry]));
	if (before.size !== from.length || after.size !== to.length) return diffValues('roles', from, to);
	return [...new Set([...before.keys(), ...after.keys()])].flatMap((role) => {
		const [was, becomes] = [before.get(role), after.get(role)];
		if (!isRecord(was) || !isRecord(becomes)) return [{ field: `roles[${role}]`, from: was, to: becomes }];
		const both = Object.keys(becomes).filter((name) => name in was);
		return both.flatMap((name) => diffValues(`roles[${role}].${name}`, was[name] ?? null, becomes[name] ?? null));
	});
}

/**
 * The columns that a step writes, with their values as in a bundle.
 * @param wanted the element that the step is of
 */
export function writtenValues(fields: readonly FieldChange[], wanted: Element): Record<string, unknown> {
	return Object.fromEntries(
		fields.map(({ field, to }) => {
			const column = columnOf(field);
			// Where a path lies within a column the whole column is written; where it is one, the step may set it to null first.
			return [column, column === field ? to : (wanted[column] ?? null)];
		}),
	);
}
