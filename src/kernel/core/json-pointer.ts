import type { Node } from 'jsonc-parser';

/** A name as one step of a JSON pointer (RFC 6901). */
export const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The steps of a JSON pointer. */
export const stepsOf = (pointer: string): string[] =>
	pointer === ''
		? []
		: pointer
				.slice(1)
				.split('/')
				.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** What a JSON pointer names in a text that was read as a tree; where there is no such thing, the nearest thing around it. */
export function nodeAt(root: Node, pointer: string): { path: (string | number)[]; node: Node; exact: boolean } {
	let node = root;
	const path: (string | number)[] = [];
	for (const step of stepsOf(pointer)) {
		const isList = node.type === 'array';
		const next = isList
			? node.children?.[/^\d+$/.test(step) ? Number(step) : -1]
			: node.children?.find(({ children }) => children?.[0]?.value === step)?.children?.[1];
		if (!next) return { path, node, exact: false };
		path.push(isList ? Number(step) : step);
		node = next;
	}
	return { path, node, exact: true };
}
