import type { SchemaOverview } from '@directus/types';
import { isRecord } from '../../../kernel/core/is-record.js';
import type { Read } from './read-tags.js';

/** A request to Directus that has its answer, as far as it says what was read. */
export interface Answered {
	method: string;
	/** Without the query. */
	path: string;
	/** As Directus has sanitized it. */
	query: Record<string, unknown>;
	/** Of a `SEARCH`: the keys that its body asks for. */
	keys: unknown;
	status: number;
	payload: unknown;
	/** Who reads; null for the public. */
	user: string | null;
}

/** Directus' own collections that have routes of their own. */
const ROUTES: Record<string, string> = {
	files: 'directus_files',
	folders: 'directus_folders',
	users: 'directus_users',
};

/** Which of Directus' GraphQL endpoints a path is. */
export const graphqlScope = (path: string): 'items' | 'system' | null =>
	/^\/graphql\/?$/.test(path) ? 'items' : /^\/graphql\/system\/?$/.test(path) ? 'system' : null;

/** Whether a path may be one that is read from, before anything more is known of the request. */
export const mayBeRead = (method: string, path: string): boolean =>
	graphqlScope(path) === null
		? (method === 'GET' || method === 'SEARCH') && /^\/(items\/|(files|folders|users)(\/|$))/.test(path)
		: method === 'GET' || method === 'POST';

/** What was read; null where the answer shows no item and names none. */
export function readOf(answered: Answered, schema: Pick<SchemaOverview, 'collections'>): Read | null {
	const { method, path, query, status, payload, user } = answered;
	if (!mayBeRead(method, path) || graphqlScope(path) !== null) return null;
	const [root = '', ...parts] = path
		.split('/')
		.filter((part) => part !== '')
		.map(decoded);
	const named = root === 'items' ? parts.shift() : ROUTES[root];
	if (named === undefined || !Object.hasOwn(schema.collections, named)) return null;
	if (parts.length > 1) return null;
	const [asked] = root === 'users' && parts[0] === 'me' ? [user ?? 'me'] : parts;
	const listed = method === 'SEARCH' && Array.isArray(answered.keys) ? answered.keys.map(String) : null;
	const keys = asked !== undefined ? [asked] : listed;
	const isSingleton = schema.collections[named]?.singleton === true && keys === null;
	const base = {
		collection: named,
		query,
		of: keys ? { keys } : isSingleton ? ('singleton' as const) : ('list' as const),
	};
	// Refused and not there are one answer, and it is another one once the item may be read.
	if (keys !== null && (status === 403 || status === 404)) return { ...base, data: null };
	if (status !== 200 || !isRecord(payload) || !('data' in payload)) return null;
	return { ...base, data: payload['data'] };
}

/** Whether what is read is a version of the content beside the published one. */
export const isVersion = ({ query }: Pick<Answered, 'query'>): boolean =>
	typeof query['version'] === 'string' && !['', 'main', 'published'].includes(query['version']);

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
