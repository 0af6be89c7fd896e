import { keysIn } from './keys-in-text.js';
import { isRecord } from '../../../kernel/core/is-record.js';
import type { WireValue } from '../merge/row-state.js';
import type { Identities, MissingReference } from './identities.js';

/** `downstream-text` where the id was written as text, which numbers may be, too. */
const PLACEHOLDER = /^downstream(-text)?:([^/]+)\/(.+)$/;

interface Rewritten {
	values: Record<string, WireValue>;
	/** Ids that lead to nothing known. They stay as they are, so that they can be rewritten when it is. */
	missing: MissingReference[];
}

type Key = string | number;
type Rewrite = (key: Key, collection: string) => Key;

/**
 * Ids inside the JSON of the named fields, as they travel: wherever it says a key and its collection together
 * (`{ "key": 12, "collection": "articles" }`, the shape of relational rich text), the key becomes
 * `downstream:<collection>/<sync id>`. A text that is JSON is treated alike, and stays as it is but for the keys. What has
 * the same id on every instance stays: UUIDs, and with them `/assets/<uuid>` in rich text.
 */
export function idsToWire(
	values: Record<string, WireValue>,
	fields: readonly string[],
	identities: Identities,
): Rewritten {
	return rewrite(values, fields, (missing) => (field) => (key, collection) => {
		if (PLACEHOLDER.test(String(key))) return key;
		const syncId = identities.syncId(collection, String(key));
		if (syncId === null) missing.push({ field, collection, syncId: String(key) });
		if (syncId === null || syncId === String(key)) return key;
		return `downstream${typeof key === 'string' ? '-text' : ''}:${collection}/${syncId}`;
	});
}

/** The same back, with the keys of this instance. */
export function idsFromWire(
	values: Record<string, WireValue>,
	fields: readonly string[],
	identities: Identities,
): Rewritten {
	return rewrite(values, fields, (missing) => (field) => (key) => {
		const [, isText, collection, syncId] = PLACEHOLDER.exec(String(key)) ?? [];
		if (collection === undefined || syncId === undefined) return key;
		const local = identities.localKey(collection, syncId);
		if (local === null) missing.push({ field, collection, syncId });
		return local === null ? key : isText ? local : readKey(local);
	});
}

/** An id that is said together with its collection. */
export interface Mention {
	collection: string;
	id: string;
}

/** The items of this instance that a value mentions. */
export function localMentions(value: unknown): Mention[] {
	const mentions: Mention[] = [];
	rewriteValue(value, (key, collection) => {
		if (!PLACEHOLDER.test(String(key))) mentions.push({ collection, id: String(key) });
		return key;
	});
	return mentions;
}

/** The items that a value mentions by their sync ids. */
export function wireMentions(value: unknown): Mention[] {
	const mentions: Mention[] = [];
	rewriteValue(value, (key) => {
		const [, , collection, id] = PLACEHOLDER.exec(String(key)) ?? [];
		if (collection !== undefined && id !== undefined) mentions.push({ collection, id });
		return key;
	});
	return mentions;
}

function rewrite(
	values: Record<string, WireValue>,
	fields: readonly string[],
	by: (missing: MissingReference[]) => (field: string) => Rewrite,
): Rewritten {
	const missing: MissingReference[] = [];
	const named = fields.filter((field) => Object.hasOwn(values, field));
	const rewritten = named.map((field) => [field, rewriteValue(values[field], by(missing)(field))] as const);
	return { values: { ...values, ...Object.fromEntries(rewritten) }, missing };
}

const rewriteValue = (value: unknown, rewriteKey: Rewrite): unknown =>
	typeof value === 'string' ? rewriteText(value, rewriteKey) : walk(value, rewriteKey);

/** JSON that is kept as text: its keys alone are replaced, so that spaces and long numbers stay as they were written. */
function rewriteText(text: string, rewriteKey: Rewrite): string {
	let rewritten = '';
	let done = 0;
	for (const { at, written, collection } of keysIn(text)) {
		const key = JSON.parse(written) as Key;
		const by = rewriteKey(key, collection);
		rewritten += text.slice(done, at) + (by === key ? written : JSON.stringify(by));
		done = at + written.length;
	}
	return rewritten + text.slice(done);
}

function walk(value: unknown, rewriteKey: Rewrite): unknown {
	if (Array.isArray(value)) return value.map((entry) => walk(entry, rewriteKey));
	if (!isRecord(value)) return value;
	const walked = Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, walk(entry, rewriteKey)]));
	const { key, collection } = value;
	if (typeof collection !== 'string' || (typeof key !== 'string' && typeof key !== 'number')) return walked;
	return { ...walked, key: rewriteKey(key, collection) };
}

/** JSON tells numbers from text, the map of keys does not: what reads as a number was one. */
const readKey = (key: string): Key => (/^(?:0|[1-9]\d{0,14})$/.test(key) ? Number(key) : key);
