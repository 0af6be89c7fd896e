/** A body as it is shown. */
export interface ShownBody {
	text: string;
	/** How long it was, in bytes, where only its beginning was kept. */
	cutFrom: number | null;
}

/** What the history puts at the end of a body that it cut (`kernel/core/mask.ts`). */
const CUT = /… \((\d+) bytes in all\)$/;

/** Makes a body readable: JSON is indented, anything else stays as it is. */
export function showBody(body: string): ShownBody {
	const cut = CUT.exec(body);
	if (cut) return { text: body.slice(0, cut.index), cutFrom: Number(cut[1]) };
	return { text: indented(body), cutFrom: null };
}

function indented(text: string): string {
	if (!/^\s*[[{]/.test(text)) return text;
	try {
		return JSON.stringify(JSON.parse(text), null, 2);
	} catch {
		return text;
	}
}
