import type { Directus } from '../kit/directus.js';

/** One answer of Directus, with what it was made from. */
export interface TaggedRead {
	status: number;
	text: string;
	/** Of this header; none where it is not there. */
	tags: string[];
	headers: Headers;
}

/** The path that asks a GraphQL query by `GET`. */
export const graphql = (query: string): string => `/graphql?query=${encodeURIComponent(query)}`;

/** Reads, and gives the tags of one header, sorted. */
export async function readTagged(
	directus: Directus,
	path: string,
	{ header = 'cache-tag', ...init }: RequestInit & { header?: string } = {},
): Promise<TaggedRead> {
	const response = await fetch(`${directus.url}${path}`, init);
	const found = response.headers.get(header);
	const tags = found === null ? [] : found.split(/[ ,]+/).toSorted();
	return { status: response.status, text: await response.text(), tags, headers: response.headers };
}

/** Lets everybody read items of a collection, those that pass the filter; gives the permission's id. */
export async function letEverybodyRead(
	directus: Directus,
	collection: string,
	permissions: unknown = null,
): Promise<number> {
	const access = await directus.data<{ policy: string; role: string | null; user: string | null }[]>(
		'GET',
		'/access?limit=-1',
	);
	const policy = access.find(({ role, user }) => role === null && user === null)?.policy;
	const body = { policy, collection, action: 'read', fields: ['*'], permissions };
	return (await directus.data<{ id: number }>('POST', '/permissions', body)).id;
}
