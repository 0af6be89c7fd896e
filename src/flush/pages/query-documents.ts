import { parse, type DocumentNode } from 'graphql';

/** How many queries are kept parsed, and how long each may be: sites ask the same few again and again. */
const MOST = 200;
const LONGEST = 20_000;

/** Parses queries that Directus answers out of its own cache, where they are not parsed. */
export function createQueryDocuments() {
	const known = new Map<string, DocumentNode>();
	return function documentOf(query: string): DocumentNode {
		const found = known.get(query);
		if (found) return found;
		const document = parse(query, { noLocation: true });
		if (known.size >= MOST) known.clear();
		if (query.length <= LONGEST) known.set(query, document);
		return document;
	};
}
