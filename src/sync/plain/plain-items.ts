import type { Row } from '../../kernel/core/row.js';
import {
	createFolders,
	createItems,
	deleteFolders,
	deleteItems,
	queryToParams,
	readFolders,
	readItems,
	readUserPermissions,
	readUsers,
	updateFoldersBatch,
	updateItemsBatch,
	updateSingleton,
} from '@directus/sdk';
import type { WireRequest } from '../../kernel/core/wire.js';
import type { PlainRequests } from './plain-requests.js';

const FOLDERS = 'directus_folders';

/** What a builder of Directus' SDK says of a request. */
interface Command {
	method?: string;
	path: string;
	params?: Record<string, unknown>;
	body?: unknown;
}

interface Query {
	fields?: string[];
	filter?: Record<string, unknown>;
	limit?: number;
}

type Rows = (rows: Row[], query: Query) => () => Command;
type RowsOf = (collection: string, rows: Row[], query: Query) => () => Command;

/** The SDK types its builders by a schema that is known when the code is written; these collections are not. */
const items = {
	read: readItems as unknown as (collection: string, query: Query) => () => Command,
	create: createItems as unknown as RowsOf,
	update: updateItemsBatch as unknown as RowsOf,
	delete: deleteItems as unknown as (collection: string, keys: string[]) => () => Command,
	singleton: updateSingleton as unknown as (collection: string, row: Row) => () => Command,
};
const folders = {
	read: readFolders as unknown as (query: Query) => () => Command,
	create: createFolders as unknown as Rows,
	update: updateFoldersBatch as unknown as Rows,
	delete: deleteFolders as unknown as (keys: string[]) => () => Command,
};
const users = readUsers as unknown as (query: Query) => () => Command;
const permissions = readUserPermissions as unknown as () => () => Command;

/** @param url the other Directus, without a slash at the end */
export function plainRequests(url: string, headers: Record<string, string>): PlainRequests {
	const request = (command: () => Command): WireRequest => {
		const { method = 'GET', path, params, body } = command();
		const query = params ? new URLSearchParams(queryToParams(params)).toString() : '';
		return {
			method,
			url: `${url}${path}${query === '' ? '' : `?${query}`}`,
			headers: typeof body === 'string' ? { ...headers, 'content-type': 'application/json' } : headers,
			body: typeof body === 'string' ? body : null,
		};
	};
	return {
		there(collection, primary, keys) {
			const query = { fields: [primary], filter: { [primary]: { _in: keys } }, limit: -1 };
			return request(collection === FOLDERS ? folders.read(query) : items.read(collection, query));
		},
		create(collection, primary, rows) {
			const query = { fields: [primary] };
			return request(collection === FOLDERS ? folders.create(rows, query) : items.create(collection, rows, query));
		},
		update(collection, primary, rows) {
			const query = { fields: [primary] };
			return request(collection === FOLDERS ? folders.update(rows, query) : items.update(collection, rows, query));
		},
		remove: (collection, keys) =>
			request(collection === FOLDERS ? folders.delete(keys) : items.delete(collection, keys)),
		updateSingleton: (collection, row) => request(items.singleton(collection, row)),
		access: () => request(permissions()),
		usersKnownBy({ external, email }) {
			const filter = { _or: [{ external_identifier: { _in: external } }, { email: { _in: email } }] };
			return request(users({ fields: ['id', 'email', 'external_identifier'], filter, limit: -1 }));
		},
	};
}
