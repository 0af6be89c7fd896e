/** A JSON column: databases without a JSON type give its text, the others its value. What is not JSON stays as it is. */
export function readJson(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value);
	} catch {
		return value;
	}
}
