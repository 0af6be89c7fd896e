/** What a value from a file could do to a terminal is taken out: escape codes, bells, marks that turn text around. */
export const printable = (text: string): string =>
	text.replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, (sign) => (sign === '\t' ? '  ' : '\ufffd'));
