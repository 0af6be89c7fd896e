import { isRecord } from '../../../kernel/core/is-record.js';
import { canonical } from '../../../kernel/core/same-value.js';
import { sameJson } from './diff-values.js';
import { withoutCredentials } from '../secrets/hide-credentials.js';
import type { Change, ConfigIssue, FieldChange, Plan } from '../../../contract/plan.js';

/** Longer values are cut, so that a message stays one line. */
const SHOWN = 60;

/** A value in a line, for a sentence. */
function inSentence(value: unknown): string {
	if (value === undefined) return 'missing';
	if (value === null) return 'empty';
	const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
	return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

/** One value that has changed: its element, its field, the old value and the new one. */
export function movedIssue(
	{ kind, sync_id, name }: Pick<Change, 'kind' | 'sync_id' | 'name'>,
	moved: FieldChange,
): ConfigIssue {
	const { field, from, to } = withoutCredentials(moved);
	return {
		file: null,
		path: `${kind}:${sync_id}`,
		code: 'changed_since',
		message: `"${field}" of ${kind} "${name}" was ${inSentence(from)} and is ${inSentence(to)} now`,
		moved: { field, from, to },
	};
}

/**
 * What has changed on the target since a plan was made. It is found by comparing a new plan: both lead to the same result,
 * so where they differ, the target has changed.
 */
export function movedBetween(before: Plan, after: Plan): ConfigIssue[] {
	const [old, now] = [byThing(before), byThing(after)];
	return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): ConfigIssue[] => {
		const [was, is] = [old.get(key), now.get(key)];
		const change = is ?? was;
		if (!change) return [];
		const tell = (message: string): ConfigIssue[] => [
			{
				file: null,
				path: `${change.kind}:${change.sync_id}`,
				code: 'changed_since',
				message: `${change.kind} "${change.name}" ${message}`,
			},
		];
		if (was?.action === 'create') return is?.action === 'create' ? values(was, is) : tell('exists already');
		if (is?.action === 'create') return tell('does not exist any more');
		if (is?.action === 'delete') return was?.action === 'delete' ? [] : tell('is new on the instance');
		if (was?.action === 'delete') return tell('does not exist any more');
		return values(was, is);
	});
}

/**
 * Fields whose value on the target differs between two plans. A field that only one plan changes already had the wanted
 * value in the other.
 */
function values(was: Change | undefined, is: Change | undefined): ConfigIssue[] {
	const change = is ?? was;
	if (!change || (was?.action ?? is?.action) === 'create') return [];
	const [old, now] = [byField(was), byField(is)];
	return [...new Set([...old.keys(), ...now.keys()])].flatMap((field) => {
		const [before, after] = [old.get(field), now.get(field)];
		const [from, to] = [before ? before.from : after?.to, after ? after.from : before?.to];
		return sameJson(from ?? null, to ?? null) ? [] : [movedIssue(change, { field, from, to })];
	});
}

/** By element, its steps joined into one. */
function byThing({ changes }: Plan): Map<string, Change> {
	const things = new Map<string, Change>();
	for (const change of changes) {
		const key = `${change.kind}:${change.sync_id}`;
		const known = things.get(key);
		if (!known) things.set(key, change);
		else if (change.action === 'delete' || known.action === 'none') things.set(key, change);
		else things.set(key, { ...known, fields: [...known.fields, ...change.fields] });
	}
	return things;
}

const byField = (change: Change | undefined): Map<string, FieldChange> => {
	const fields = new Map<string, FieldChange>();
	for (const field of change?.fields ?? []) if (!fields.has(field.field)) fields.set(field.field, field);
	return fields;
};

/** The part of a value that a path of a plan (`options.headers[Accept].value`) leads to, if that is certain. */
export function valueAt(value: unknown, path: string): unknown {
	if (path === '') return value;
	if (Array.isArray(value)) {
		const entry = value.find(
			(candidate) =>
				isRecord(candidate) && Object.values(candidate).some((name) => path.startsWith(`[${String(name)}]`)),
		);
		const end = path.indexOf(']');
		return entry === undefined || end < 0 ? undefined : valueAt(entry, path.slice(end + 1));
	}
	if (!isRecord(value)) return undefined;
	const key = Object.keys(value)
		.filter((name) => path.startsWith(`.${name}`) && /^($|[.[])/.test(path.slice(name.length + 1)))
		.toSorted((a, b) => b.length - a.length)[0];
	return key === undefined ? undefined : valueAt(value[key], path.slice(key.length + 1));
}

/** The steps by which two plans differ; their order counts. */
export function otherSteps(reviewed: Plan, planned: Plan): ConfigIssue[] {
	const [seen, made] = [reviewed.changes.map(asSeen), planned.changes.map(asSeen)];
	if (sameJson(seen, made)) return [];
	const tell = (plan: Plan, keys: string[], others: string[], what: string) =>
		plan.changes.flatMap(({ kind, sync_id, name, action }, index): ConfigIssue[] => {
			if (others.includes(keys[index] ?? '')) return [];
			const message = `${what}: ${action} ${kind} "${name}"`;
			return [{ file: null, path: `${kind}:${sync_id}`, code: 'other_step', message }];
		});
	const issues = [
		...tell(planned, made, seen, 'only the bundle leads to'),
		...tell(reviewed, seen, made, 'only the plan has'),
	];
	if (issues.length > 0) return issues;
	return [{ file: null, path: '', code: 'other_step', message: 'the steps have another order' }];
}

/** A step, as far as a person saw it. */
const asSeen = ({ kind, sync_id, action, fields, kept }: Change): string =>
	canonical({ kind, sync_id, action, fields, kept });
