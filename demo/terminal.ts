import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Whether somebody watches who can also press Ctrl-C. */
export const isWatched = process.stdout.isTTY === true;

/** Colour only where the terminal wants it (a TTY, no NO_COLOR). */
export function paint(style: Style, text: string): string {
	return styleText(style, text, { stream: process.stdout });
}

export function line(text = ''): void {
	console.log(text);
}

export function heading(text: string): void {
	line(`\n${paint('bold', text)}\n`);
}

/** A line of two columns: what, and about it. */
export function fact(what: string, about: string): void {
	line(`  ${paint('dim', what.padEnd(11))}${about}`);
}

/** Does the work; where somebody watches, what is being waited for stands there until it is done. */
export async function waiting<T>(what: string, work: Promise<T>): Promise<T> {
	if (!isWatched) return work;
	process.stdout.write(paint('dim', `  ${what} …`));
	try {
		return await work;
	} finally {
		process.stdout.write('\r\x1b[2K');
	}
}

/** `83 ms`, `1.4 s`. */
export function duration(ms: number): string {
	return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `1 page`, `12 pages`. */
export function count(number: number, what: string): string {
	return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** The first of a list, and how many more there are. */
export function some(list: string[], most = 3): string {
	const rest = list.length - most;
	return list.slice(0, most).join('  ') + (rest > 0 ? `  and ${rest} more` : '');
}
