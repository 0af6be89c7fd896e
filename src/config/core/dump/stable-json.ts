import { isRecord } from '../../../kernel/core/is-record.js';
import { canonical } from '../../../kernel/core/same-value.js';
import { compareText } from '../elements/element-order.js';

/**
 * A value with its keys in the order that they had before; new ones stand behind the key that they follow in the new
 * value. Lists keep their new order, what is in them is matched by being the same, else by its place.
 */
export function inOrderOf(before: unknown, after: unknown): unknown {
	if (Array.isArray(before) && Array.isArray(after)) {
		const same = Map.groupBy(before as unknown[], canonical);
		return (after as unknown[]).map((entry, index) => {
			if (typeof entry !== 'object' || entry === null) return entry;
			return inOrderOf(same.get(canonical(entry))?.[0] ?? before[index], entry);
		});
	}
	if (!isRecord(before) || !isRecord(after)) return after;
	const keys = Object.keys(before).filter((key) => Object.hasOwn(after, key));
	const kept = new Set(keys);
	const following = new Map<string | null, string[]>();
	let anchor: string | null = null;
	for (const key of Object.keys(after)) {
		if (kept.has(key)) anchor = key;
		else following.set(anchor, [...(following.get(anchor) ?? []), key]);
	}
	const order = [...(following.get(null) ?? []), ...keys.flatMap((key) => [key, ...(following.get(key) ?? [])])];
	return Object.fromEntries(order.map((key) => [key, inOrderOf(before[key], after[key])]));
}

/** A value with the keys of all its objects sorted, as `--sort-json` of `directus-sync` does. */
export function withSortedKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withSortedKeys);
	if (!isRecord(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => compareText(a, b))
			.map(([key, entry]) => [key, withSortedKeys(entry)]),
	);
}

/**
 * The text of a file: what was there where it says the same with the same order of keys, else the value, indented and
 * ended as the file was; a new file as `directus-sync` writes it, with two spaces and a line break at the end.
 */
export function printJson(value: unknown, before: { text: string; value: unknown } | null): string {
	if (before && JSON.stringify(before.value) === JSON.stringify(value)) return before.text;
	const text = `${JSON.stringify(value, null, before ? indentOf(before.text) : 2)}\n`;
	if (!before) return text;
	const ended = before.text.endsWith('\n') ? text : text.slice(0, -1);
	return before.text.includes('\r\n') ? ended.replaceAll('\n', '\r\n') : ended;
}

/** The indentation of the first indented line; two spaces where there is none. */
function indentOf(text: string): string {
	return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}
