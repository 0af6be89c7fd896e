const WIDTH = 100;

/** Rules as text that people read: indented, with short lists on one line. */
export function layOutRules(rules: unknown): string {
	return written(rules, '');
}

function written(value: unknown, indent: string): string {
	if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
	const inner = `${indent}  `;
	const isList = Array.isArray(value);
	const entries = isList
		? value.map((entry: unknown) => written(entry, inner))
		: Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${written(entry, inner)}`);
	const [open, close] = isList ? ['[', ']'] : ['{', '}'];
	if (entries.length === 0) return `${open}${close}`;
	const simple = isList && value.every((entry) => typeof entry !== 'object' || entry === null);
	const line = `[${entries.join(', ')}]`;
	if (simple && line.length <= WIDTH) return line;
	return `${open}\n${entries.map((entry) => `${inner}${entry}`).join(',\n')}\n${indent}${close}`;
}
