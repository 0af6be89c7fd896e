import { parseTree, printParseErrorCode, visit, type Node } from 'jsonc-parser';
import { escapePointer, nodeAt } from '../../../kernel/core/json-pointer.js';

/** Something that is wrong with the text of a file, at a line (from 1) of it. */
export interface TextProblem {
	code: 'conflict_marker' | 'empty_file' | 'invalid_json' | 'duplicate_key';
	line: number;
	/** JSON pointer to it, as far as the text could be read. */
	path: string;
	message: string;
	suggestion: string;
}

/** A file's text as data, and where in the text things are. */
export interface JsonText {
	/** undefined where the text could not be read. */
	value: unknown;
	problems: TextProblem[];
	/** The line of what a JSON pointer names; where there is no such thing, of the nearest thing around it. */
	lineOf(pointer: string): number;
}

const CONFLICT = /^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?\r?$/m;
/** Deeper than anything that Directus writes; a limit, since each level takes a piece of the stack. */
const DEEPEST = 512;

/** Reads JSON so that every mistake in it has a line. A key that stands twice in an object, as after a careless merge, is one. */
export function readJsonText(raw: string): JsonText {
	const text = raw.startsWith('\uFEFF') ? raw.slice(1) : raw;
	const lineAt = lineFinder(text);
	const unreadable = (problem: TextProblem): JsonText => ({
		value: undefined,
		problems: [problem],
		lineOf: () => problem.line,
	});

	if (text.trim() === '') {
		return unreadable({
			code: 'empty_file',
			line: 1,
			path: '',
			message: 'the file is empty',
			suggestion: 'restore it, or write [] where there shall really be none',
		});
	}
	const conflict = CONFLICT.exec(text);
	if (conflict) {
		const line = lineAt(conflict.index);
		return unreadable({
			code: 'conflict_marker',
			line,
			path: '',
			message: `line ${line} is a conflict marker of git (${conflict[0].trim().slice(0, 40)})`,
			suggestion: 'resolve the merge conflict',
		});
	}
	const written = asWritten(text);
	// No key stands twice in it, and positions are looked up only when they are asked for.
	if (written !== undefined) return { value: written, problems: [], lineOf: lineOfPointer(text, lineAt) };
	const { failed, repeated } = walk(text);
	if (failed) {
		const line = lineAt(failed.offset);
		const end = failed.end >= text.trimEnd().length;
		return unreadable({
			code: 'invalid_json',
			line,
			path: failed.pointer,
			message: `line ${line}${end ? ', where the file ends' : ''}: expected ${failed.expected}`,
			suggestion: end ? 'the file seems to be cut off; restore it' : 'correct it, or restore the file',
		});
	}
	const problems = repeated.map(({ pointer, key, offset }): TextProblem => {
		const line = lineAt(offset);
		return {
			code: 'duplicate_key',
			line,
			path: pointer,
			message: `line ${line}: "${key}" stands twice in the same object`,
			suggestion: 'keep one of the two',
		};
	});
	return { value: JSON.parse(text) as unknown, problems, lineOf: lineOfPointer(text, lineAt) };
}

/** The data of a text that is exactly what JSON.stringify makes of it, as most files are; undefined for all others. */
function asWritten(text: string): unknown {
	const indentation = /^[[{]\n([ \t]{1,10})/.exec(text)?.[1] ?? '';
	try {
		const value = JSON.parse(text) as unknown;
		const isSame = isFlatEnough(value, DEEPEST) && JSON.stringify(value, null, indentation) === text.trimEnd();
		return isSame ? value : undefined;
	} catch {
		return undefined;
	}
}

const isFlatEnough = (value: unknown, levels: number): boolean =>
	typeof value !== 'object' ||
	value === null ||
	(levels > 0 && Object.values(value).every((inner) => isFlatEnough(inner, levels - 1)));

/** The text becomes a tree when the first line is asked for: most files are never asked about. */
function lineOfPointer(text: string, lineAt: (offset: number) => number): JsonText['lineOf'] {
	let root: Node | undefined;
	return (pointer) => {
		root ??= parseTree(text);
		return lineAt(root ? nodeAt(root, pointer).node.offset : 0);
	};
}

function lineFinder(text: string): (offset: number) => number {
	let starts: number[] | undefined;
	return (offset) => {
		starts ??= Array.from(text.matchAll(/\n/g), ({ index }) => index + 1);
		let [low, high] = [0, starts.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((starts[middle] ?? Infinity) <= offset) low = middle + 1;
			else high = middle;
		}
		return low + 1;
	};
}

/** An object or a list that the walk is in. */
interface Level {
	pointer: string;
	/** The names that an object has had so far; null in a list. */
	names: Set<string> | null;
	/** The pointer to the value that is read. */
	inner: string;
	index: number;
}

interface Walked {
	/** The first mistake, from `offset` to `end`. */
	failed: { offset: number; end: number; expected: string; pointer: string } | null;
	/** Names that an object has had before. */
	repeated: { pointer: string; key: string; offset: number }[];
}

const CUT = /^(?:UnexpectedEnd|Invalid)/;

/** Thrown to stop the walk. */
const STOP = new Error('stop');

/** Looks for what JSON.parse does not tell: where a mistake is, what should be there, and which keys stand twice. */
function walk(text: string): Walked {
	const walked: Walked = { failed: null, repeated: [] };
	const levels: Level[] = [];
	let expected = 'a value';
	const pointer = () => (expected.startsWith('","') ? levels.at(-1)?.pointer : levels.at(-1)?.inner) ?? '';
	const stop = (offset: number, length: number): never => {
		const isText = text[offset] === '"' && expected === 'a value';
		walked.failed = {
			offset,
			end: offset + length,
			expected: isText ? 'a text in quotes, without line breaks' : expected,
			pointer: pointer(),
		};
		throw STOP;
	};
	const ended = () => {
		const level = levels.at(-1);
		expected = level === undefined ? 'the end of the file' : level.names ? '"," or "}"' : '"," or "]"';
	};
	const open = (offset: number, names: Set<string> | null) => {
		if (levels.length >= DEEPEST) {
			expected = `no more than ${DEEPEST} levels`;
			stop(offset, 0);
		}
		const at = pointer();
		levels.push({ pointer: at, names, inner: names ? at : `${at}/0`, index: 0 });
		expected = names ? 'a name in quotes' : 'a value';
	};
	const close = () => {
		levels.pop();
		ended();
	};
	try {
		visit(
			text,
			{
				// A text, number or word that is cut ends where the file ends; a sign that is wrong is whole.
				onError: (code, offset, length) => stop(offset, CUT.test(printParseErrorCode(code)) ? length : 0),
				onObjectBegin: (offset) => open(offset, new Set()),
				onArrayBegin: (offset) => open(offset, null),
				onObjectEnd: close,
				onArrayEnd: close,
				onLiteralValue: ended,
				onObjectProperty(key, offset) {
					const level = levels.at(-1);
					if (!level?.names) return;
					level.inner = `${level.pointer}/${escapePointer(key)}`;
					if (level.names.has(key)) walked.repeated.push({ pointer: level.inner, key, offset });
					level.names.add(key);
					expected = '":"';
				},
				onSeparator(sign) {
					const level = levels.at(-1);
					if (sign === ':' || !level) expected = 'a value';
					else if (level.names) [expected, level.inner] = ['a name in quotes', level.pointer];
					else [expected, level.inner] = ['a value', `${level.pointer}/${(level.index += 1)}`];
				},
			},
			{ disallowComments: true },
		);
	} catch (error) {
		if (error !== STOP) throw error;
	}
	return walked;
}
