import type { Row } from './row.js';
import { isRow } from './is-record.js';

/**
 * The part of an item that a rule's payload names, in the shape that Directus' API gives it: `author.name` becomes
 * `author: { name }`. The primary key is always there, under its own name and under `id`: receivers count on `id`.
 */
export function pickPayload(item: Row, payload: string[], primary: string): Row {
	const key = item[primary];
	return { [primary]: key, ...pickPaths(item, payload), ...(primary === 'id' ? {} : { id: key }) };
}

/** The part of an item that these field paths name; what was read on the way, such as related keys, is left out. */
export const pickPaths = (item: Row, paths: string[]): Row =>
	pick(
		item,
		paths.map((path) => path.split('.')),
	);

function pick(node: Row, paths: string[][]): Row {
	const picked: Row = {};
	const byHead = new Map<string, string[][]>();
	for (const [head = '', ...rest] of paths) {
		const name = head.split(':')[0] ?? head;
		byHead.set(name, [...(byHead.get(name) ?? []), rest]);
	}
	for (const [head, rests] of byHead) {
		if (!(head in node)) continue;
		const value = node[head];
		const deeper = rests.filter((rest) => rest.length > 0);
		if (deeper.length === 0) picked[head] = value;
		else if (Array.isArray(value))
			picked[head] = value.map((entry: unknown) => (isRow(entry) ? pick(entry, deeper) : entry));
		else picked[head] = isRow(value) ? pick(value, deeper) : value;
	}
	return picked;
}
