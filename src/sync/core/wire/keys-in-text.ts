/** A key that a JSON text says together with its collection. */
export interface KeyInText {
	/** Where it begins. */
	at: number;
	/** A number, or a text with its quotes. */
	written: string;
	collection: string;
}

/** An object or a list that is open while a text is read. */
interface Open {
	isObject: boolean;
	/** The name whose value comes next. */
	name: string | null;
	key: { at: number; written: string } | null;
	collection: string | null;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],]|[^\s{}[\],:"]+/g;

/** All objects with a key and a collection in a JSON text, in the order of their keys; none where it is no JSON. */
export function keysIn(text: string): KeyInText[] {
	if (!text.includes('"collection"') || !isDocument(text)) return [];
	const keys: KeyInText[] = [];
	const open: Open[] = [];
	for (const { 0: token, index: at } of text.matchAll(TOKENS)) {
		const inner = open.at(-1);
		if (token === '{' || token === '[') open.push({ isObject: token === '{', name: null, key: null, collection: null });
		else if (token === '}' || token === ']') {
			const { key, collection } = open.pop() ?? {};
			if (key && collection !== null && collection !== undefined) keys.push({ ...key, collection });
		} else if (!inner?.isObject) continue;
		else if (token === ',') inner.name = null;
		else if (inner.name === null) inner.name = JSON.parse(token) as string;
		else if (inner.name === 'key') inner.key = /^["\d-]/.test(token) ? { at, written: token } : null;
		else if (inner.name === 'collection')
			inner.collection = token.startsWith('"') ? (JSON.parse(token) as string) : null;
	}
	return keys.toSorted((a, b) => a.at - b.at);
}

function isDocument(text: string): boolean {
	if (!/^\s*[[{]/.test(text)) return false;
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
