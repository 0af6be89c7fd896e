import {
	applyEdits,
	findNodeAtLocation,
	modify,
	parse,
	parseTree,
	printParseErrorCode,
	type Edit,
	type JSONPath,
	type Node,
	type ParseError,
} from 'jsonc-parser';

const LAYOUT = { formattingOptions: { tabSize: 2, insertSpaces: true, eol: '\n' } };
const STRICT = { disallowComments: true, allowTrailingComma: false };

/** Where a text stops being JSON, and in jsonc-parser's words why; `DuplicateKey` is our own. */
export interface SyntaxProblem {
	code: string;
	offset: number;
	length: number;
	/** The key that is there twice. */
	key?: string;
}

/** What a text says: its rules, or why it says nothing that can be shown as rules. */
export type ReadRules = { ok: true; rules: unknown[] } | { ok: false; problems: SyntaxProblem[] };

export function readRules(text: string): ReadRules {
	const errors: ParseError[] = [];
	const value: unknown = parse(text, errors, STRICT);
	if (errors.length > 0)
		return {
			ok: false,
			problems: errors.map(({ error, offset, length }) => ({ code: printParseErrorCode(error), offset, length })),
		};
	const root = parseTree(text);
	const twice = root ? duplicateKeys(root) : [];
	if (twice.length > 0) return { ok: false, problems: twice };
	// Saved all the same, and refused by the server in its own words.
	if (!Array.isArray(value)) return { ok: false, problems: [{ code: 'NoList', offset: 0, length: text.length }] };
	return { ok: true, rules: value };
}

/** A key that is there twice would be edited at one place and read at the other. */
function duplicateKeys(node: Node): SyntaxProblem[] {
	const keys = new Set<string>();
	const own =
		node.type === 'object'
			? (node.children ?? []).flatMap((property): SyntaxProblem[] => {
					const [key] = property.children ?? [];
					if (!key) return [];
					const name = String(key.value);
					if (keys.has(name)) return [{ code: 'DuplicateKey', offset: key.offset, length: key.length, key: name }];
					keys.add(name);
					return [];
				})
			: [];
	return [...own, ...(node.children ?? []).flatMap(duplicateKeys)];
}

/** Sets what is at a place, or removes it (undefined); the rest of the text stays as it was written. */
export const setAt = (text: string, path: JSONPath, value: unknown): string =>
	applyEdits(text, modify(text, path, value, LAYOUT));

/** Puts a rule before the one at `index`, or at the end. */
export function insertRule(text: string, index: number, rule: unknown): string {
	return applyEdits(text, modify(text, [index], rule, { ...LAYOUT, isArrayInsertion: true }));
}

export const removeRule = (text: string, index: number): string => setAt(text, [index], undefined);

/** The copy is written like the original. */
export function duplicateRule(text: string, index: number): string {
	const node = ruleNode(text, index);
	if (!node) return text;
	const end = node.offset + node.length;
	const between = `,${indentBefore(text, node.offset)}`;
	return text.slice(0, end) + between + text.slice(node.offset, end) + text.slice(end);
}

/** Changes places with a neighbour; each keeps how it is written. */
export function swapRules(text: string, index: number, other: number): string {
	const [first, second] = [ruleNode(text, Math.min(index, other)), ruleNode(text, Math.max(index, other))];
	if (!first || !second || first === second) return text;
	const [one, two] = [slice(text, first), slice(text, second)];
	return applyEdits(text, [
		{ offset: first.offset, length: first.length, content: two },
		{ offset: second.offset, length: second.length, content: one },
	]);
}

/** Renames a key in its place, with its value. */
export function renameKeyEdit(text: string, path: JSONPath, name: string): Edit[] {
	const root = parseTree(text);
	const key = root && findNodeAtLocation(root, path)?.parent?.children?.[0];
	return key ? [{ offset: key.offset, length: key.length, content: JSON.stringify(name) }] : [];
}

export const setAtEdit = (text: string, path: JSONPath, value: unknown): Edit[] => modify(text, path, value, LAYOUT);

function ruleNode(text: string, index: number): Node | undefined {
	const root = parseTree(text);
	return root ? findNodeAtLocation(root, [index]) : undefined;
}

const slice = (text: string, { offset, length }: Node) => text.slice(offset, offset + length);

/** The line break and indent that stand before a place, or a blank. */
function indentBefore(text: string, offset: number): string {
	return /\r?\n[ \t]*$/.exec(text.slice(0, offset))?.[0] ?? ' ';
}
