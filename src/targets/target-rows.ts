import type { TargetRows } from '../kernel/ports.js';
import type { Row } from '../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { isEncrypted } from '../install/core/install-plan.js';
import type { DirectusServices } from '../kernel/directus-services.js';

/** The rows of one kind of targets, whether this package or its predecessor made their collection. */
export function createTargetRows(
	database: Knex,
	services: DirectusServices,
	getSchema: () => Promise<SchemaOverview>,
	collection: string,
): TargetRows {
	const decrypted = new Map<string, string | null>();
	const users = `${collection}_directus_users`;

	async function decrypt(value: unknown): Promise<string | null> {
		if (typeof value !== 'string' || value === '') return null;
		// The predecessor stored keys in clear, and goes on doing so where the schema may not be changed.
		if (!isEncrypted(value)) return value;
		const known = decrypted.get(value);
		if (known !== undefined) return known;
		const payload = new services.PayloadService(collection, {
			accountability: null,
			knex: database,
			schema: await getSchema(),
		});
		const { api_key: clear } = await payload.processValues('read', { api_key: value });
		if (decrypted.size > 5_000) decrypted.clear();
		decrypted.set(value, typeof clear === 'string' ? clear : null);
		return typeof clear === 'string' ? clear : null;
	}

	async function all(): Promise<Row[]> {
		return collection in (await getSchema()).collections ? database(collection).select<Row[]>('*') : [];
	}

	async function usersToNotify(target: string): Promise<string[]> {
		if (!(users in (await getSchema()).collections)) return [];
		const rows = await database(users)
			.select<Row[]>('directus_users_id')
			.where({ [`${collection}_id`]: target })
			.whereNotNull('directus_users_id');
		return [...new Set(rows.map((row) => String(row['directus_users_id'])))];
	}

	return { all, decrypt, usersToNotify };
}
