import { isRecord } from '../../../kernel/core/is-record.js';
import { findCredentials, looksSecret } from './find-credentials.js';
import type { FieldChange, Plan } from '../../../contract/plan.js';

/** What is shown in the place of what looks like a credential. */
export const HIDDEN = '(looks like a credential, not shown)';

/** A value that differs, without what looks like a credential in it; everything around it is as it was. */
export function withoutCredentials({ field, ...values }: FieldChange): FieldChange {
	const shown = Object.entries(values).map(([side, value]) => [side, hideIn(value, field)]);
	return { field: field.replace(IN_BRACKETS, hideName), ...Object.fromEntries(shown) };
}

const IN_BRACKETS = /\[([^[\]]+)\]/g;
const hideName = (whole: string, name: string): string => (looksSecret(name) ? '[…]' : whole);

/** A plan to be shown to a person who has not sent it: it still says what differs, but tells no credential. */
export const planWithoutCredentials = (plan: Plan): Plan => ({
	...plan,
	changes: plan.changes.map((change) => ({ ...change, fields: change.fields.map(withoutCredentials) })),
});

function hideIn(value: unknown, path: string): unknown {
	const places = new Set(findCredentials(value, path));
	if (places.size === 0) return value;
	const walk = (node: unknown, at: string): unknown => {
		if (typeof node === 'string') return places.has(at) ? HIDDEN : node;
		if (Array.isArray(node)) return node.map((entry, index) => walk(entry, `${at}[${index}]`));
		if (!isRecord(node)) return node;
		return Object.fromEntries(Object.entries(node).map(([key, entry]) => [key, walk(entry, `${at}.${key}`)]));
	};
	return walk(value, path);
}
