import { withoutCredentials } from '../secrets/hide-credentials.js';
import type { Change, FieldChange } from '../../../contract/plan.js';
import { printable } from '../../../kernel/core/printable.js';
import type { Paint, Style } from '../../../kernel/core/paint.js';

/** Lines of a text that stay around those that changed. */
const CONTEXT = 1;
const SHOWN_LINES = 12;

/** The fields of a change, `name: old → new`, one or several lines each. */
export function renderFields(change: Change, paint: Paint, width: number): string[] {
	return change.fields.flatMap((field) => {
		if (change.action === 'create' && (field.to === null || field.to === undefined)) return [];
		return renderField(withoutCredentials(field), change.action, { paint, width });
	});
}

function renderField(
	{ field, from, to }: FieldChange,
	action: Change['action'],
	{ paint, width }: { paint: Paint; width: number },
): string[] {
	const name = paint('dim', `${printable(field)}:`);
	if (isText(from) && isText(to) && (from.includes('\n') || to.includes('\n') || from.length + to.length > 2 * width)) {
		return [name, ...textLines(from, to, paint, width)];
	}
	const [old, next] = [from === undefined ? null : short(from), to === undefined ? null : short(to)];
	if (old === null) {
		const nothing = action === 'update' ? '(nothing) → ' : '';
		const line = `${name} ${nothing && paint('dim', nothing)}${paint('green', next ?? '')}`;
		return fits(field, `${nothing}${next}`, width) ? [line] : [name, ...block('+', to, 'green', paint, width)];
	}
	if (next === null)
		return fits(field, old, width)
			? [`${name} ${paint('red', old)} ${paint('dim', '→ (nothing)')}`]
			: [name, ...block('-', from, 'red', paint, width)];
	if (fits(field, `${old} → ${next}`, width))
		return [`${name} ${paint('red', old)} ${paint('dim', '→')} ${paint('green', next)}`];
	// Of two long values only what differs, as of two texts.
	if (isStructure(from) && isStructure(to))
		return [name, ...textLines(JSON.stringify(from, null, 2), JSON.stringify(to, null, 2), paint, width)];
	return [name, ...block('-', from, 'red', paint, width), ...block('+', to, 'green', paint, width)];
}

const isStructure = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isText = (value: unknown): value is string => typeof value === 'string';

const fits = (field: string, text: string, width: number): boolean =>
	field.length + 2 + text.length <= width && !text.includes('\n');

/** A value in one line. Texts are quoted where they could be mistaken for something else. */
function short(value: unknown): string {
	if (value === null) return '(empty)';
	if (typeof value !== 'string') return printable(JSON.stringify(value));
	const isPlain =
		value !== '' &&
		value.trim() === value &&
		!/^(true|false|null|-?[\d.]+|\(empty\)|\(nothing\))$/.test(value) &&
		!value.includes('→');
	return isPlain ? value.split('\n').map(printable).join('\n') : printable(JSON.stringify(value));
}

/** A value in several lines, as many as fit. */
function block(sign: string, value: unknown, style: Style, paint: Paint, width: number): string[] {
	const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
	const lines = text.split('\n').flatMap((line) => wrapped(printable(line), width - 4));
	const shown = lines.slice(0, SHOWN_LINES).map((line) => paint(style, `  ${sign} ${line}`));
	const more = lines.length - shown.length;
	return more > 0 ? [...shown, paint(style, `  ${sign} … ${more} more line${more === 1 ? '' : 's'}`)] : shown;
}

function wrapped(line: string, width: number): string[] {
	const size = Math.max(20, width);
	if (line.length <= size) return [line];
	return Array.from({ length: Math.ceil(line.length / size) }, (_, index) =>
		line.slice(index * size, (index + 1) * size),
	);
}

/** Two texts line by line: what they have in common at both ends is left out, but for a line around. */
function textLines(from: string, to: string, paint: Paint, width: number): string[] {
	const before = from.split('\n');
	const after = to.split('\n');
	let start = 0;
	while (start < before.length && start < after.length && before[start] === after[start]) start++;
	let end = 0;
	while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
	const around = (lines: string[], left: number) => [
		...(left > 0 ? [paint('dim', `    … ${left} line${left === 1 ? '' : 's'} the same`)] : []),
		...lines.map((line) => paint('dim', `    ${printable(line)}`)),
	];
	const head = Math.max(0, start - CONTEXT);
	const tail = Math.max(0, end - CONTEXT);
	const below = before.slice(before.length - end, before.length - tail);
	return [
		...around(before.slice(head, start), head),
		...block('-', before.slice(start, before.length - end).join('\n'), 'red', paint, width).filter(
			() => before.length - end > start,
		),
		...block('+', after.slice(start, after.length - end).join('\n'), 'green', paint, width).filter(
			() => after.length - end > start,
		),
		...below.map((line) => paint('dim', `    ${printable(line)}`)),
		...(tail > 0 ? [paint('dim', `    … ${tail} line${tail === 1 ? '' : 's'} the same`)] : []),
	];
}
