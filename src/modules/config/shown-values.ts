import { withoutCredentials } from '../../config/core/secrets/hide-credentials.js';
import type { Change, FieldChange } from '../../contract/plan.js';
import { printable } from '../../kernel/core/printable.js';

/** A value that differs, as text to be read: its lines, or what stands for a value that has none. */
export interface ShownField {
	field: string;
	from: ShownValue;
	to: ShownValue;
	/** Whether it takes more than a line. */
	isLong: boolean;
}
export type ShownValue = { lines: string[] } | 'nothing' | 'empty';

const LONG = 60;

/** The name of something from a plan, in one line, without what would turn the page around it. */
export const oneLine = (text: string): string => printable(text.replaceAll(/(?<!\s)\s*\n\s*/g, ' '));

/** The fields of a change that say something: of something new, those that have a value. No credential is among them. */
export const shownFields = ({ action, fields }: Change): ShownField[] =>
	fields
		.filter(({ to }) => action !== 'create' || !(to === null || to === undefined))
		.map((field) => shownField(withoutCredentials(field)));

function shownField({ field, from, to }: FieldChange): ShownField {
	const [was, becomes] = [shownValue(from), shownValue(to)];
	const isLong = [was, becomes].some(
		(value) => typeof value === 'object' && (value.lines.length > 1 || (value.lines[0]?.length ?? 0) > LONG),
	);
	return { field: oneLine(field), from: was, to: becomes, isLong };
}

function shownValue(value: unknown): ShownValue {
	if (value === undefined) return 'nothing';
	if (value === null || value === '') return 'empty';
	const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
	return { lines: text.split(/\r?\n/).map(printable) };
}
