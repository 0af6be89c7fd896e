/** Colours of a terminal, or the text as it is. */
export interface Palette {
	bold(text: string): string;
	dim(text: string): string;
	red(text: string): string;
	green(text: string): string;
	yellow(text: string): string;
	magenta(text: string): string;
}

const ESCAPE = String.fromCodePoint(27);

/** @param color whether the terminal knows colours, and the reader wants them */
export function palette(color: boolean): Palette {
	const paint = (start: number, end: number) => (text: string) =>
		color ? `${ESCAPE}[${start}m${text}${ESCAPE}[${end}m` : text;
	return {
		bold: paint(1, 22),
		dim: paint(2, 22),
		red: paint(31, 39),
		green: paint(32, 39),
		yellow: paint(33, 39),
		magenta: paint(35, 39),
	};
}

/** What a value from a file could do to a terminal is taken out: escape codes, bells, marks that turn text around. */
export const printable = (text: string): string =>
	text.replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, (sign) => (sign === '\t' ? '  ' : '\ufffd'));
