/** Large JSON is looked at in pieces of this size, so that others have their turn between two. */
export const PIECE = 1024 * 1024;

/** Values, lists and objects that JSON of other instances may have: reading so many takes up to a tenth of a second, in one go. */
export const MOST_VALUES = 500_000;

const [COMMA, BRACKET, BRACE] = [',', '[', '{'].map((sign) => sign.charCodeAt(0));

/** How many values one piece of JSON has, going by what stands before and between them. */
export function valuesInPiece(json: string | Uint8Array, from: number): number {
	const to = Math.min(from + PIECE, json.length);
	let values = 0;
	for (let at = from; at < to; at += 1) {
		const code = typeof json === 'string' ? json.charCodeAt(at) : json[at];
		if (code === COMMA || code === BRACKET || code === BRACE) values += 1;
	}
	return values;
}
