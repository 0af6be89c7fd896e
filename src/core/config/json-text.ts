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
/** As far to the right as that many levels are, two spaces each. */
const DEEP = new RegExp(`^ {${2 * DEEPEST}}`, 'm');

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
	const ours = asWritten(text);
	if (ours !== undefined) {
		// No key stands twice in it, and where things are is looked up only when somebody asks.
		return { value: ours, problems: [], lineOf: (pointer) => lineAt(placeOf(text, pointer, new Map([['', 0]]))) };
	}
	const places = new Map<string, number>([['', 0]]);
	const problems: TextProblem[] = [];
	const scanner = new Scanner(text, {
		found: (pointer, offset, depth) => {
			// Places within an element are looked up when they are asked for: there are far too many to keep them all.
			if (depth <= 1) places.set(pointer, offset);
		},
		repeated: (pointer, key, offset) => {
			const line = lineAt(offset);
			problems.push({
				code: 'duplicate_key',
				line,
				path: pointer,
				message: `line ${line}: "${key}" stands twice in the same object`,
				suggestion: 'keep one of the two',
			});
		},
	});
	const failed = scanner.run();
	if (failed) {
		const line = lineAt(failed.offset);
		const end = failed.offset >= text.trimEnd().length;
		return unreadable({
			code: 'invalid_json',
			line,
			path: failed.pointer,
			message: `line ${line}${end ? ', where the file ends' : ''}: expected ${failed.expected}`,
			suggestion: end ? 'the file seems to be cut off; restore it' : 'correct it, or restore the file',
		});
	}
	return {
		value: JSON.parse(text) as unknown,
		problems,
		lineOf: (pointer) => lineAt(placeOf(text, pointer, places)),
	};
}

/** The data of a text that is exactly what JSON.stringify makes of it, as most files are; undefined for all others. */
function asWritten(text: string): unknown {
	if (DEEP.test(text)) return undefined;
	try {
		const value = JSON.parse(text) as unknown;
		return JSON.stringify(value, null, 2) === text.trimEnd() ? value : undefined;
	} catch {
		return undefined;
	}
}

/** The offset of what a pointer names, from the nearest known place above it. */
function placeOf(text: string, pointer: string, known: ReadonlyMap<string, number>): number {
	let above = pointer;
	while (!known.has(above)) above = above.slice(0, Math.max(0, above.lastIndexOf('/')));
	const start = known.get(above) ?? 0;
	if (above === pointer) return start;
	const wanted = pointer.slice(above.length);
	let best = { pointer: '', offset: start };
	new Scanner(text, {
		start,
		found: (below, offset) => {
			if (below.length > best.pointer.length && `${wanted}/`.startsWith(`${below}/`)) best = { pointer: below, offset };
		},
	}).run();
	return best.offset;
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

interface Visitor {
	/** Where to begin; the scan ends with the value there. From 0 nothing may follow it. */
	start?: number;
	found?: (pointer: string, offset: number, depth: number) => void;
	repeated?: (pointer: string, key: string, offset: number) => void;
}

interface Failure {
	offset: number;
	expected: string;
	pointer: string;
}

const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Walks over the text of a JSON value: JSON.parse says neither where things are nor, in all cases, where it failed. */
class Scanner {
	private readonly text: string;
	private readonly visitor: Visitor;
	private at: number;

	constructor(text: string, visitor: Visitor) {
		this.text = text;
		this.visitor = visitor;
		this.at = visitor.start ?? 0;
	}

	run(): Failure | null {
		const failed = this.value('', 0);
		if (failed || this.visitor.start !== undefined) return failed;
		this.skip(SPACE);
		return this.at < this.text.length ? { offset: this.at, expected: 'the end of the file', pointer: '' } : null;
	}

	private skip(pattern: RegExp): boolean {
		pattern.lastIndex = this.at;
		if (!pattern.test(this.text)) return false;
		this.at = pattern.lastIndex;
		return true;
	}

	private fail(expected: string, pointer: string): Failure {
		return { offset: this.at, expected, pointer };
	}

	private value(pointer: string, depth: number): Failure | null {
		this.skip(SPACE);
		this.visitor.found?.(pointer, this.at, depth);
		const sign = this.text[this.at];
		if (sign === '{' || sign === '[') {
			if (depth >= DEEPEST) return this.fail(`no more than ${DEEPEST} levels`, pointer);
			this.at += 1;
			return sign === '{' ? this.object(pointer, depth) : this.list(pointer, depth);
		}
		if (sign === '"') return this.string() ? null : this.fail('a text in quotes, without line breaks', pointer);
		return this.skip(SCALAR) ? null : this.fail('a value', pointer);
	}

	private list(pointer: string, depth: number): Failure | null {
		this.skip(SPACE);
		if (this.take(']')) return null;
		for (let index = 0; ; index += 1) {
			const failed = this.value(`${pointer}/${index}`, depth + 1);
			if (failed) return failed;
			this.skip(SPACE);
			if (this.take(']')) return null;
			if (!this.take(',')) return this.fail('"," or "]"', pointer);
		}
	}

	private object(pointer: string, depth: number): Failure | null {
		this.skip(SPACE);
		if (this.take('}')) return null;
		const keys = new Set<string>();
		for (;;) {
			this.skip(SPACE);
			const start = this.at;
			if (!this.string()) return this.fail('a name in quotes', pointer);
			const key = JSON.parse(this.text.slice(start, this.at)) as string;
			const inner = `${pointer}/${escapePointer(key)}`;
			if (keys.has(key)) this.visitor.repeated?.(inner, key, start);
			keys.add(key);
			this.skip(SPACE);
			if (!this.take(':')) return this.fail('":"', inner);
			const failed = this.value(inner, depth + 1);
			if (failed) return failed;
			this.skip(SPACE);
			if (this.take('}')) return null;
			if (!this.take(',')) return this.fail('"," or "}"', pointer);
		}
	}

	/** By hand: an expression would need stack for every letter, and texts may be long. */
	private string(): boolean {
		if (!this.take('"')) return false;
		for (;;) {
			const code = this.text.charCodeAt(this.at);
			if (code === 0x22) break;
			if (code === 0x5c) {
				if (!this.skip(ESCAPE)) return false;
			} else if (code >= 0x20) this.at += 1;
			else return false; // A control character; NaN, which is the end of the text, is never >= anything.
		}
		this.at += 1;
		return true;
	}

	private take(sign: string): boolean {
		if (this.text[this.at] !== sign) return false;
		this.at += 1;
		return true;
	}
}

/** A name as one step of a JSON pointer. */
export const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
