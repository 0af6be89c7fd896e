import { parseTree, type JSONPath, type Node } from 'jsonc-parser';
import { nodeAt } from '../../../kernel/core/json-pointer.js';

/** A stretch of a text, by characters from its beginning. */
export interface Stretch {
	offset: number;
	length: number;
}

/** A place in a text as editors count: lines and characters from 0. */
export interface Position {
	line: number;
	ch: number;
}

/** Where a JSON pointer leads in a text: as far as there is something, and a path that jsonc-parser understands. */
export function locate(text: string, pointer: string): { path: JSONPath; node: Node; exact: boolean } | null {
	const root = parseTree(text);
	return root ? nodeAt(root, pointer) : null;
}

/**
 * What to mark for a pointer: the value; the key, where the key is what is wrong; the first character of the rule or
 * object, where something is missing from it.
 */
export function stretchAt(text: string, pointer: string, onKey: boolean): Stretch {
	const place = locate(text, pointer);
	if (!place) return { offset: 0, length: 1 };
	const { node, exact } = place;
	if (!exact) return { offset: node.offset, length: 1 };
	const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
	const marked = onKey && key ? key : node;
	// A whole object underlined says nothing: its key, or its beginning, says enough.
	if (marked.type === 'object' || marked.type === 'array')
		return key ? { offset: key.offset, length: key.length } : { offset: marked.offset, length: 1 };
	return { offset: marked.offset, length: marked.length };
}

export function positionAt(text: string, offset: number): Position {
	const before = text.slice(0, offset);
	const start = before.lastIndexOf('\n') + 1;
	return { line: before.split('\n').length - 1, ch: before.length - start };
}
