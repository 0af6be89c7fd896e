import { printable } from '../kernel/core/printable.js';
import type { CollectionPreview, PreviewRow, Promotion } from '../contract/answers/previews.js';
import type { CommandContext } from './command.js';
import { table } from './output.js';
import type { Paint } from '../kernel/core/paint.js';
import { referenceText } from '../kernel/core/reference-text.js';
import { count } from '../kernel/core/count.js';

/** Rows of a kind that are named in the text; --json names more. */
const NAMED = 5;

/** Rows of a promotion that are named. */
const MOST_NAMED = 50;

const SIGNS: Record<PreviewRow['action'], [string, Parameters<Paint>[0]]> = {
	create: ['+', 'green'],
	update: ['~', 'yellow'],
	delete: ['-', 'red'],
	none: ['=', 'dim'],
	refused: ['✖', 'red'],
};

const number = (value: number) => value.toLocaleString('en-US');

/** A table of what would become of each collection's rows, and some of them. */
export function previewText(collections: CollectionPreview[], paint: Paint): string {
	const header = ['COLLECTION', 'LOOKED AT', 'CREATE', 'UPDATE', 'DELETE', 'SAME', 'RECOGNISED', 'REFUSED'];
	const rows = collections.map(({ collection, total, looked, counts, found, left_out }) => {
		const { create, update, delete: deleted, refused } = counts;
		const recognised = found.key + found.ends + found.match;
		const out = refused + left_out.reduce((sum, group) => sum + group.count, 0);
		const same = Math.max(0, looked - create - update - deleted - out);
		const looks = looked < total ? `${number(looked)} of ${number(total)}` : number(looked);
		return [collection, looks, ...[create, update, deleted, same, recognised, out].map(number)];
	});
	const lines = [table(rows, paint, header)];
	for (const { collection, examples, left_out } of collections) {
		const shown = [
			...examples.found.filter(({ action }) => action === 'none'),
			...(['update', 'delete', 'refused'] as const).flatMap((kind) => examples[kind].slice(0, NAMED)),
		];
		if (shown.length + left_out.length > 0) lines.push('', paint('bold', collection));
		for (const row of shown) lines.push(...rowText(row, paint));
		for (const { code, message, count: rowsOut } of left_out)
			lines.push(`  ${paint('red', '✖')} ${count(rowsOut, 'row')}: ${printable(message || code)}`);
	}
	return lines.join('\n');
}

/** What a promotion would do, or did, row by row. */
function promotionText({ rows, counts, left_out, bytes_missing }: Promotion, paint: Paint): string {
	const lines: string[] = [];
	const changing = rows.filter(({ action }) => action !== 'none');
	for (const row of changing.slice(0, MOST_NAMED)) {
		const why = row.why === 'chosen' ? '' : paint('dim', row.why === 'part' ? '  belongs to it' : '  is needed');
		const [first = '', ...more] = rowText(row, paint, `${row.collection} `);
		lines.push(`${first}${why}`, ...more);
	}
	if (changing.length > MOST_NAMED)
		lines.push(paint('dim', `  and ${count(changing.length - MOST_NAMED, 'more', 'more')}`));
	for (const { collection, item, message } of left_out)
		lines.push(`  ${paint('red', '✖')} ${collection} ${printable(item)}: ${printable(message)}`);
	for (const { file, message } of bytes_missing)
		lines.push(`  ${paint('yellow', '▲')} the bytes of file ${file} have not arrived: ${printable(message)}`);
	const { create, update, delete: deleted, none, refused } = counts;
	const parts = [
		`${number(create)} to create`,
		`${number(update)} to update`,
		`${number(deleted)} to delete`,
		`${number(none)} the same`,
	];
	const out = refused + left_out.length;
	if (out > 0) parts.push(paint('red', `${number(out)} refused`));
	return [...lines, ...(lines.length > 0 ? [''] : []), parts.join(', ')].join('\n');
}

function rowText(row: PreviewRow, paint: Paint, prefix = ''): string[] {
	const { item, there, action, found, fields = [], message, decided = [], along = [], empty = [], refused = [] } = row;
	const [sign, style] = SIGNS[action];
	const where = there === null || there === item ? '' : ` → ${printable(there)}`;
	const by = found
		? { key: 'by its key', ends: 'by what it links', match: `by ${found.fields.join(', ')}` }[found.by]
		: null;
	const lines = [
		`  ${paint(style, sign)} ${prefix}${printable(item)}${where}${by === null ? '' : paint('dim', `  recognised ${by}`)}${message ? `  ${printable(message)}` : ''}`,
	];
	for (const one of action === 'update' ? fields : [])
		lines.push(`      ${one.field}: ${'from' in one ? shown(one.from) : paint('dim', 'not shown')} → ${shown(one.to)}`);
	for (const { field, took } of decided)
		lines.push(
			`      ${field}: changed on both sides, ${took === 'held' ? 'waits for a decision' : took === 'here' ? 'theirs stays' : 'ours wins'}`,
		);
	for (const { collection, item: other, event } of along)
		lines.push(`      ${event === 'delete' ? 'also deletes' : 'also changes'} ${collection} ${printable(other)}`);
	if (empty.length > 0) lines.push(paint('dim', `      left empty, since it is not there: ${empty.join(', ')}`));
	if (refused.length > 0) lines.push(paint('dim', `      may not be written there: ${refused.join(', ')}`));
	return lines;
}

const LONGEST = 60;

function shown(value: unknown): string {
	const reference = referenceText(value);
	const text = printable(reference === null ? JSON.stringify(value ?? null) : `→ ${reference}`);
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** How a promotion ended, or what does it. */
function promotionEnding(
	{ written, run, counts, left_out, fingerprint }: Promotion,
	remote: string,
	paint: Paint,
): string {
	if (written && run !== null)
		return `${paint('green', '✔')} Written to "${remote}". It can be undone there: run ${run}.`;
	if (counts.refused + left_out.length > 0)
		return `${paint('red', '✖')} All is written or nothing: as it is, nothing would be.`;
	if (counts.create + counts.update + counts.delete === 0)
		return `${paint('green', '✔')} Nothing to do: it is there already.`;
	return `Nothing was written. "--yes" does it; "--yes --expect ${fingerprint}" only if it still comes out like this.`;
}

/** Shows what a promotion would do, or did; gives the exit code: 1 where anything stands in the way. */
export function showPromotion(
	{ print, terminal }: Pick<CommandContext, 'print' | 'terminal'>,
	done: Promotion,
	remote: string,
): 0 | 1 {
	const { paint } = terminal;
	print(done, () => [promotionText(done, paint), '', promotionEnding(done, remote, paint)].join('\n'));
	return done.counts.refused + done.left_out.length > 0 ? 1 : 0;
}
