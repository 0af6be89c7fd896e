import type { Dialect } from '../core/dialect.js';
import type { Match } from './match.js';

const matchIf = (answer: boolean): Match => (answer ? 'yes' : 'no');
const asOrder = (same: boolean) => (same ? 0 : 1);

/** 0 = equal, 1 = different, null = unknown: MySQL's collations may ignore case, accents and trailing blanks. */
export function compareTexts(value: string, operand: unknown, dialect: Dialect): number | null {
	if (!isWritten(operand)) {
		if (typeof operand !== 'boolean' || dialect === 'mysql') return null;
		return asOrder(value === (dialect === 'postgres' ? String(operand) : operand ? '1' : '0'));
	}
	if (typeof operand === 'number') {
		if (!Number.isSafeInteger(operand)) return null;
		// MySQL reads the beginning of a text as a number when it compares it with one.
		if (dialect === 'mysql' && value !== String(operand)) return null;
	}
	const text = String(operand);
	if (value === text) return 0;
	if (dialect !== 'mysql') return 1;
	return isAscii(value) && isAscii(text) && loose(value) !== loose(text) ? 1 : null;
}

/** Whether an operand is compared as text. */
export const isWritten = (operand: unknown): operand is string | number =>
	typeof operand === 'string' || typeof operand === 'number';
const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text);
const loose = (text: string) => text.toLowerCase().trimEnd();
const lowerAscii = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** `LIKE`, as the database reads the pattern. */
export function matchesLike(value: string, pattern: string, dialect: Dialect): Match {
	if (dialect === 'sqlite')
		return matchIf(likeExpression(lowerAscii(pattern), false)?.test(lowerAscii(value)) ?? false);
	const strict = likeExpression(pattern, true);
	if (!strict) return 'unknown';
	if (dialect === 'postgres') return matchIf(strict.test(value));
	return anyCase(value, pattern, strict.test(value));
}

/** `LOWER(column) LIKE pattern`. */
export function matchesLower(value: string, pattern: string, dialect: Dialect): Match {
	if (dialect === 'sqlite')
		return matchIf(likeExpression(lowerAscii(pattern), false)?.test(lowerAscii(value)) ?? false);
	const expression = likeExpression(pattern, true);
	if (!expression) return 'unknown';
	// Whether letters beyond ASCII are lowered depends on the locale.
	const matches = expression.test(value.toLowerCase());
	if (expression.test(lowerAscii(value)) !== matches) return 'unknown';
	return dialect === 'postgres' ? matchIf(matches) : anyCase(value, pattern, matches);
}

/** `unknown` where MySQL's collations differ. */
function anyCase(value: string, pattern: string, strict: boolean): Match {
	if (strict) return 'yes';
	if (!isAscii(value) || !isAscii(pattern)) return 'unknown';
	return likeExpression(pattern.toLowerCase(), true)?.test(value.toLowerCase()) ? 'unknown' : 'no';
}

/** A LIKE pattern, in which `%` and `_` of a filter's own value count too; null where it ends in its escape. */
function likeExpression(pattern: string, escapes: boolean): RegExp | null {
	let source = '';
	let escaped = false;
	for (const character of pattern) {
		if (escapes && !escaped && character === '\\') {
			escaped = true;
			continue;
		}
		source +=
			!escaped && character === '%' ? '[^]*' : !escaped && character === '_' ? '[^]' : escapeExpression(character);
		escaped = false;
	}
	return escaped ? null : new RegExp(`^${source}$`, 'u');
}

const escapeExpression = (character: string) => character.replace(/[$()*+./?[\\\]^{|}]/, String.raw`\$&`);
