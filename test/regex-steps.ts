/**
 * Counts what a backtracking engine does for an expression and a text, so that whether it takes linear time can be told
 * without a clock. Knows what our own expressions use, and throws at anything else.
 */

type Node =
	| { type: 'set'; matches: (char: string) => boolean; sample: string }
	| { type: 'assert'; holds: (text: string, at: number) => boolean }
	| { type: 'look'; ahead: boolean; wanted: boolean; body: Node }
	| { type: 'sequence'; parts: Node[] }
	| { type: 'choice'; options: Node[] }
	| { type: 'repeat'; body: Node; min: number; max: number; lazy: boolean }
	| { type: 'group'; index: number; body: Node }
	| { type: 'back'; index: number };

const SAMPLES = ['a', '0', ' ', '-', '_', '.', '/', ':', '"', '{', '}', '[', ']', '=', '@', '\n', 'A', 'é', '\u0000'];

export interface Parsed {
	root: Node;
	/** Characters that the parts of the expression take. */
	alphabet: string[];
	/** Texts that lead up to each repetition. */
	prefixes: string[];
}

export function parseExpression(source: string, flags: string): Parsed {
	let at = 0;
	let groups = 0;
	const names = new Map<string, number>();
	const alphabet = new Set<string>();
	const prefixes = new Set<string>(['']);
	let before = '';
	const only = flags.replaceAll(/[gyd]/g, '');

	function set(text: string): Node {
		const one = new RegExp(`^(?:${text})$`, only);
		const known = new Map<string, boolean>();
		const matches = (char: string) => {
			const found = known.get(char) ?? one.test(char);
			known.set(char, found);
			return found;
		};
		const literal = (text.startsWith('[') ? text.slice(1, -1) : text.slice(-1)).split('');
		const samples = [...literal, ...SAMPLES, ...text].filter(matches);
		const sample = samples[0] ?? 'x';
		for (const one of [sample, ...samples.slice(0, text.startsWith('[') ? 5 : 1), ...samples.slice(-1)])
			alphabet.add(one);
		before += sample;
		return { type: 'set', matches, sample };
	}

	function choice(): Node {
		const start = before;
		const options = [sequence()];
		while (source[at] === '|') {
			at += 1;
			before = start;
			options.push(sequence());
		}
		return options.length === 1 ? (options[0] as Node) : { type: 'choice', options };
	}

	function sequence(): Node {
		const parts: Node[] = [];
		while (at < source.length && source[at] !== '|' && source[at] !== ')') {
			const start = before;
			const body = atom();
			parts.push(quantified(body, start));
		}
		return { type: 'sequence', parts };
	}

	function quantified(body: Node, start: string): Node {
		const found = /^(?:([*+?])|\{(\d+)(,(\d*))?\})(\?)?/.exec(source.slice(at));
		if (!found) return body;
		at += found[0].length;
		const [, sign, from, comma, to] = found;
		const min = sign ? (sign === '+' ? 1 : 0) : Number(from);
		const max = sign ? (sign === '?' ? 1 : Infinity) : comma ? (to ? Number(to) : Infinity) : min;
		if (max > 1) prefixes.add(start);
		if (min > 1) before += before.slice(start.length).repeat(min - 1);
		return { type: 'repeat', body, min, max, lazy: found[5] === '?' };
	}

	function atom(): Node {
		const char = source[at] as string;
		if (char === '(') return group();
		if (char === '[') {
			let end = at + 1;
			while (source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
			const text = source.slice(at, end + 1);
			at = end + 1;
			return set(text);
		}
		if (char === '^' || char === '$') {
			at += 1;
			const isLine = flags.includes('m');
			const edge = (text: string, place: number) => (char === '^' ? text[place - 1] : text[place]);
			return {
				type: 'assert',
				holds: (text, place) => {
					const next = edge(text, place);
					return next === undefined || (isLine && next === '\n');
				},
			};
		}
		if (char === '\\') return escaped();
		at += 1;
		return set(/[\^$\\*+?()[\]{}|]/.test(char) ? `\\${char}` : char);
	}

	function escaped(): Node {
		const found = /^\\(?:[pP]\{[^}]+\}|u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|k<(\w+)>|([1-9])|[^])/.exec(
			source.slice(at),
		);
		const text = found?.[0] ?? '';
		at += text.length;
		if (text === '\\b' || text === '\\B') {
			const isWord = (char: string | undefined) => char !== undefined && /\w/.test(char);
			const holds = (given: string, place: number) =>
				(isWord(given[place - 1]) !== isWord(given[place])) === (text === '\\b');
			return { type: 'assert', holds };
		}
		if (found?.[1]) return { type: 'back', index: names.get(found[1]) ?? 0 };
		if (found?.[2]) return { type: 'back', index: Number(found[2]) };
		return set(text);
	}

	function group(): Node {
		const found = /^\((?:\?(?:([:=!])|(<[=!])|<(\w+)>))?/.exec(source.slice(at));
		at += found?.[0].length ?? 1;
		const [, plain, behind, name] = found ?? [];
		const isCaptured = !plain && !behind;
		const index = isCaptured ? (groups += 1) : 0;
		if (name) names.set(name, index);
		const start = before;
		const body = choice();
		if (source[at] !== ')') throw new Error(`cannot read /${source}/ at ${at}`);
		at += 1;
		if (isCaptured) return { type: 'group', index, body };
		if (plain === ':') return body;
		before = start;
		return { type: 'look', ahead: !behind, wanted: (plain ?? behind?.slice(1)) === '=', body };
	}

	const root = choice();
	if (at < source.length) throw new Error(`cannot read /${source}/ at ${at}`);
	return { root, alphabet: [...alphabet], prefixes: [...prefixes] };
}

/** Thrown where an expression has taken more steps than were allowed. */
class TooMany extends Error {}

/** How many steps finding the first match takes, or finding that there is none; `limit` at the most. */
export function countSteps({ root }: Parsed, text: string, limit: number): number {
	let steps = 0;
	const captured: string[] = [];
	type Next = (at: number) => boolean;

	function match(node: Node, at: number, next: Next): boolean {
		steps += 1;
		if (steps > limit) throw new TooMany();
		switch (node.type) {
			case 'set':
				return at < text.length && node.matches(text[at] as string) && next(at + 1);
			case 'assert':
				return node.holds(text, at) && next(at);
			case 'back': {
				const known = captured[node.index] ?? '';
				return text.startsWith(known, at) && next(at + known.length);
			}
			case 'group':
				return match(node.body, at, (end) => {
					captured[node.index] = text.slice(at, end);
					return next(end);
				});
			case 'sequence':
				return sequence(node.parts, 0, at, next);
			case 'choice':
				return node.options.some((option) => match(option, at, next));
			case 'look': {
				const found = node.ahead
					? match(node.body, at, () => true)
					: Array.from({ length: Math.min(at, 20) + 1 }, (_, back) => at - back).some((from) =>
							match(node.body, from, (end) => end === at),
						);
				return found === node.wanted && next(at);
			}
			case 'repeat':
				return node.body.type === 'set' ? repeatSet(node, node.body, at, next) : repeat(node, 0, at, next);
		}
	}

	function sequence(parts: Node[], index: number, at: number, next: Next): boolean {
		const part = parts[index];
		return part ? match(part, at, (end) => sequence(parts, index + 1, end, next)) : next(at);
	}

	function repeat(node: Extract<Node, { type: 'repeat' }>, count: number, at: number, next: Next): boolean {
		const more = () =>
			count < node.max &&
			match(node.body, at, (end) => (end === at && count >= node.min ? false : repeat(node, count + 1, end, next)));
		if (count < node.min) return more();
		return node.lazy ? next(at) || more() : more() || next(at);
	}

	/** One character after the other without recursion, which a long text would exhaust. */
	function repeatSet(
		node: Extract<Node, { type: 'repeat' }>,
		body: Extract<Node, { type: 'set' }>,
		at: number,
		next: Next,
	): boolean {
		let end = at;
		const takes = () => {
			steps += 1;
			if (steps > limit) throw new TooMany();
			return end - at < node.max && end < text.length && body.matches(text[end] as string);
		};
		if (node.lazy) {
			while (end - at < node.min) {
				if (!takes()) return false;
				end += 1;
			}
			while (!next(end)) {
				if (!takes()) return false;
				end += 1;
			}
			return true;
		}
		while (takes()) end += 1;
		for (; end - at >= node.min; end -= 1) {
			steps += 1;
			if (next(end)) return true;
		}
		return false;
	}

	try {
		for (let at = 0; at <= text.length; at++) {
			captured.length = 0;
			if (match(root, at, () => true)) break;
		}
	} catch (error) {
		if (!(error instanceof TooMany)) throw error;
		return limit;
	}
	return steps;
}

/** Hostile texts for an expression: what leads up to a repetition, much of what it takes, and something that fits nothing. */
export function* hostileTexts({ alphabet, prefixes }: Parsed, length: number): Generator<string> {
	const few = alphabet.slice(0, 14);
	const pumps = [
		...few,
		...few.flatMap((a) => few.filter((b) => b !== a).map((b) => a + b)),
		...prefixes.filter(Boolean),
	];
	for (const prefix of prefixes)
		for (const pump of new Set(pumps))
			for (const end of ['\u0001', '']) yield prefix + pump.repeat(Math.ceil(length / pump.length)) + end;
}
