/** Rows as they are shown, and how many newer ones wait to be shown. */
export interface Shown<Row> {
	rows: Row[];
	newer: number;
}

/**
 * What a list shows after it was asked again. While it is held (somebody points at it, has selected rows, or reads one of
 * them), rows stay where they are and only what they say is renewed; others wait.
 */
export function mergeRows<Row extends { id: string }>(shown: readonly Row[], answer: Row[], held: boolean): Shown<Row> {
	if (!held || shown.length === 0) return { rows: answer, newer: 0 };
	const renewed = new Map(answer.map((row) => [row.id, row]));
	const rows = shown.map((row) => renewed.get(row.id) ?? row);
	for (const { id } of shown) renewed.delete(id);
	return { rows, newer: renewed.size };
}
