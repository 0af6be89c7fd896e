import { failureAsData, type Failure } from './failure.js';
import { printable } from '../kernel/core/printable.js';
import type { Paint } from '../kernel/core/paint.js';
import type { Terminal } from './terminal.js';

/** 0: done, or no differences · 1: an error · 2: differences were found, and that was asked for. */
export type ExitCode = 0 | 1 | 2;

/** Prints what a command found: as JSON for programs, else as text. */
export type PrintResult = (data: unknown, text: () => string) => void;

export function printResults(terminal: Terminal, json: boolean, hide: (text: string) => string): PrintResult {
	return (data, text) => {
		if (json) terminal.out(hide(JSON.stringify(data, null, '\t')));
		else {
			const shown = hide(text());
			if (shown !== '') terminal.out(shown);
		}
	};
}

/** How many details of a failure are shown; the rest is counted. */
const SHOWN_DETAILS = 50;

/** Tells a person what went wrong: one line what, then where and what to do. */
export function printFailure(
	failure: Failure,
	terminal: Terminal,
	options: { json: boolean; debug: boolean; hide: (text: string) => string },
): void {
	const paint = terminal.paintError;
	const safe = (text: string) => printable(options.hide(text));
	const lines = [`${paint(['red', 'bold'], 'Error:')} ${safe(failure.message.replaceAll('\n', ' '))}`];
	if (failure.where !== null) lines.push(`  ${paint('dim', 'at')} ${safe(failure.where)}`);
	for (const { place, message, suggestion, hint } of failure.details.slice(0, SHOWN_DETAILS)) {
		const tail = suggestion ? ` Did you mean "${suggestion}"?` : '';
		const head = place === '' ? '' : `${paint('bold', safe(place))}: `;
		lines.push(`  ${paint('red', '•')} ${head}${safe(message + tail)}`);
		if (hint) lines.push(`    ${paint('cyan', '→')} ${safe(hint)}`);
	}
	const more = failure.details.length - SHOWN_DETAILS;
	if (more > 0) lines.push(`  … and ${more} more; --json lists all.`);
	if (failure.advice !== null) lines.push(`  ${paint('cyan', '→')} ${safe(failure.advice)}`);
	if (options.debug) lines.push(paint('dim', options.hide(causes(failure))));
	terminal.err(lines.join('\n'));
	if (options.json) terminal.out(options.hide(JSON.stringify(failureAsData(failure), null, '\t')));
}

function causes(error: unknown): string {
	const stacks: string[] = [];
	for (let cause = error; cause instanceof Error && stacks.length < 5; cause = cause.cause)
		stacks.push(cause.stack ?? cause.message);
	return stacks.join('\ncaused by ');
}

/** Columns of text, as wide as their widest entry; the last one is not padded. */
export function table(rows: readonly (readonly string[])[], paint: Paint, header?: readonly string[]): string {
	const all = header ? [header, ...rows] : rows;
	const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
	const line = (row: readonly string[]) =>
		row
			.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
			.join('  ')
			.trimEnd();
	return all.map((row, index) => (header && index === 0 ? paint('dim', line(row)) : line(row))).join('\n');
}
