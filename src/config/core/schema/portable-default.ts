/** What stands for the moment in which a row is made. */
const NOW = /^(current_timestamp|localtimestamp|now)(\(\d*\))?$/i;
const MOMENTS = new Set(['timestamp', 'dateTime', 'date', 'time']);
/** A function of one database; Directus would store most of them as text. */
const FUNCTION = /^[\w.]+\(.*\)$/;

/** A default as all databases say it: undefined where only one could, or where Directus' reader tells only a part. */
export function portableDefault(value: unknown, type: unknown, vendor: string): unknown {
	if (value === undefined || value === null) return null;
	if (type === 'boolean') return value === true || value === 1 || value === '1' || value === 'true';
	if (type === 'json') return readJson(value, vendor);
	if (typeof value !== 'string') return value;
	if (value.startsWith('nextval(')) return undefined;
	if (MOMENTS.has(String(type))) return NOW.test(value.trim()) ? 'CURRENT_TIMESTAMP' : unquoted(value, vendor);
	if (/^(integer|bigInteger|float|decimal)$/.test(String(type)))
		return value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : undefined;
	if (type === 'uuid' && FUNCTION.test(value)) return undefined;
	return unquoted(value, vendor);
}

/** What MariaDB writes for characters that a literal cannot have as they are. */
const ESCAPES: Record<string, string> = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\0': String.raw`\0` };
const ESCAPED: Record<string, string> = { n: '\n', r: '\r', '0': '\0' };
/** A literal as MariaDB tells it. MySQL tells texts as they are: one that is no such literal is none. */
const LITERAL = /^(?:[^\\']|''|\\[\\'nr0])*$/;

/**
 * A literal as it was meant. Directus' readers only take the outer quotes away, and leave what is in them as the
 * database has it: read from the left, since a backslash that was doubled escapes nothing.
 */
function unquoted(words: string, vendor: string): string | undefined {
	if (vendor === 'mysql')
		return LITERAL.test(words)
			? words.replaceAll(/''|\\(.)/gs, (_pair, escaped?: string) =>
					escaped === undefined ? "'" : (ESCAPED[escaped] ?? escaped),
				)
			: words;
	// Directus cuts PostgreSQL's defaults at the first `::`, even inside a text.
	if (vendor === 'postgres' && words.split("'").length % 2 === 0) return undefined;
	return words.replaceAll("''", "'");
}

function quoted(text: string, vendor: string): string {
	const doubled = text.replaceAll("'", "''");
	if (vendor !== 'mysql') return doubled;
	return doubled.replaceAll('\\', '\\\\').replaceAll(/[\n\r\0]/g, (character) => ESCAPES[character] ?? character);
}

/** Whether a column of a type can have a default that is more than nothing: knex writes none for a text on MySQL. */
export const canHaveDefault = (type: unknown, vendor: string): boolean =>
	vendor !== 'mysql' || (type !== 'text' && type !== 'csv');

/** JSON comes parsed where it can be parsed as the database has it, and as text where it cannot. */
function readJson(value: unknown, vendor: string): unknown {
	const words = typeof value === 'string' ? value : JSON.stringify(value);
	const text = unquoted(words, vendor);
	return text === undefined ? undefined : parsed(text);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

/** A default in the words in which a database's snapshot has it. */
export function inWordsOf(portable: unknown, vendor: string): unknown {
	if (typeof portable === 'object' && portable !== null) return parsed(quoted(JSON.stringify(portable), vendor));
	return typeof portable !== 'string' || portable === 'CURRENT_TIMESTAMP' ? portable : quoted(portable, vendor);
}

/**
 * A default as Directus is to be told it. knex puts JSON into a statement as it is: what has characters in it that mean
 * something there is given as text, which is escaped, though MySQL takes no text for a default of JSON (MariaDB does).
 */
export function toWrite(portable: unknown, vendor: string): unknown {
	if (typeof portable !== 'object' || portable === null) return portable;
	const text = JSON.stringify(portable);
	return (vendor === 'mysql' ? /['\\]/ : /['\\?]/).test(text) ? text : portable;
}
