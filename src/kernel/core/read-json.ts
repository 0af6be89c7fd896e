import { isNestedTooDeeply } from './json-depth.js';

/**
 * A JSON column: databases without a JSON type give its text, the others its value. What is not JSON stays as it is, and
 * what is nested too deeply for anybody to walk is given as text, which is as good as none.
 */
export function readJson(value: unknown): unknown {
	if (typeof value !== 'string') return isNestedTooDeeply(value) ? 'nested too deeply' : value;
	try {
		const parsed: unknown = JSON.parse(value);
		return isNestedTooDeeply(parsed) ? value : parsed;
	} catch {
		return value;
	}
}
