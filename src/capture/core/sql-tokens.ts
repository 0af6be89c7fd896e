import type { Dialect } from '../../kernel/core/dialect.js';

const TOKEN =
	/\s+|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|\$\d+|[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\d+(?:\.\d+)?|[\p{L}_][\p{L}\p{N}_$]*|\\\?|[\s\S]/uy;

/** How texts are quoted: MySQL reads a backslash in them, others do not. */
const TOKEN_MYSQL = new RegExp(
	TOKEN.source.replace(
		'\'(?:[^\']|\'\')*\'|"(?:[^"]|"")*"',
		'\'(?:[^\'\\\\]|\'\'|\\\\[\\s\\S])*\'|"(?:[^"\\\\]|""|\\\\[\\s\\S])*"',
	),
	'uy',
);

export interface Token {
	text: string;
	/** Which binding it stands for. */
	binding: number | null;
	/** Where the text stood behind white space. */
	spaced: boolean;
}

export function tokensOf(sql: string, dialect: Dialect): Token[] {
	const pattern = dialect === 'mysql' ? TOKEN_MYSQL : TOKEN;
	const isPlaceholder = (text: string) => text === '?' && dialect !== 'postgres';
	const tokens: Token[] = [];
	let bindings = 0;
	let spaced = false;
	pattern.lastIndex = 0;
	for (let match = pattern.exec(sql); match; match = pattern.exec(sql)) {
		const [text] = match;
		if (/^(?:\s|--|\/\*)/.test(text)) {
			spaced = true;
			continue;
		}
		const numbered = /^\$(\d+)$/.exec(text);
		const binding = numbered ? Number(numbered[1]) - 1 : isPlaceholder(text) ? bindings++ : null;
		tokens.push({ text, binding, spaced });
		spaced = false;
	}
	return tokens;
}

/** The last part of `a.b.c` that begins there. */
export function nameAt(tokens: readonly Token[], at: number): { name: string | null; next: number } {
	let name = nameOf(tokens[at]);
	let next = at + 1;
	while (name !== null && tokens[next]?.text === '.') {
		name = nameOf(tokens[next + 1]);
		next += 2;
	}
	return { name, next };
}

export function nameOf(token: Token | undefined): string | null {
	const text = token?.text ?? '';
	if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) return text.slice(1, -1).replaceAll('""', '"');
	if (text.length > 1 && text.startsWith('`')) return text.slice(1, -1).replaceAll('``', '`');
	return /^[\p{L}_]/u.test(text) ? text : null;
}

/** What stands between the parenthesis that opens there and the one that closes it, by commas. */
export function parenthesized(tokens: readonly Token[], at: number): { items: Token[][]; next: number } | null {
	if (tokens[at]?.text !== '(') return null;
	const end = closing(tokens, at);
	return end === -1 ? null : { items: splitAtCommas(tokens.slice(at + 1, end)), next: end + 1 };
}

export function closing(tokens: readonly Token[], open: number): number {
	let depth = 0;
	for (let at = open; at < tokens.length; at += 1) {
		depth += tokens[at]?.text === '(' ? 1 : tokens[at]?.text === ')' ? -1 : 0;
		if (depth === 0) return at;
	}
	return -1;
}

export function splitAtCommas(tokens: readonly Token[]): Token[][] {
	const parts: Token[][] = [[]];
	let depth = 0;
	for (const token of tokens) {
		depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
		if (token.text === ',' && depth === 0) parts.push([]);
		else parts.at(-1)?.push(token);
	}
	return parts;
}

export const indexOf = (tokens: readonly Token[], wanted: string, from: number): number => {
	const at = firstOf(tokens, [wanted], from);
	return at === tokens.length ? -1 : at;
};

/** Where the first of these words stands outside parentheses; the end where none does. */
export function firstOf(tokens: readonly Token[], wanted: string[], from: number): number {
	let depth = 0;
	for (let at = from; at < tokens.length; at += 1) {
		const { text } = tokens[at] ?? { text: '' };
		depth += text === '(' ? 1 : text === ')' ? -1 : 0;
		if (depth === 0 && wanted.includes(word(tokens[at]))) return at;
	}
	return tokens.length;
}

export const word = (token: Token | undefined): string => token?.text.toLowerCase() ?? '';

/** The text again, for Knex: `?` for a binding, and `\?` for a question mark that is none. */
export const textOf = (tokens: readonly Token[]): string =>
	tokens
		.map(({ text, binding, spaced }, at) => {
			const shown = binding !== null ? '?' : text === '\\?' ? text : text.replaceAll('?', '\\?');
			return spaced && at > 0 ? ` ${shown}` : shown;
		})
		.join('');
