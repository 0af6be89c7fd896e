/**
 * Foreign text as one line that every database takes and that cannot pass for ours: no control characters (PostgreSQL
 * refuses NUL), no halves of surrogate pairs, and no longer than that.
 */
export function plainText(text: string, most: number): string {
	const line = text
		.slice(0, most * 4)
		.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
		.trim();
	if (line.length <= most) return line;
	return `${line.slice(0, most).replace(/\p{Cs}$/u, '')}…`;
}
