import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { emptyOutbox } from '../capture/tables/outbox-table.js';
import { FLUSH_TARGETS, REMOTE_SOURCES, TARGET_COLLECTIONS } from '../contract/vocabulary.js';
import { cancelUnsent } from '../delivery/tables/delivery-operations.js';
import { endIncidents } from '../delivery/tables/incident-table.js';
import { knownInstanceId } from '../identity/tables/instance-id.js';
import { addOrigin } from '../identity/tables/origin-table.js';
import { forgetPeers, hasMetPeers } from '../sync/tables/sync-peer-table.js';
import { hasVersions } from '../sync/tables/sync-version-table.js';
import { moveRulesVersion } from '../targets/tables/rules-version.js';

/** What an instance that is another than before, or may be, does with what its database brings along. */
export const ownership = (schema: () => SchemaOverview | null) => ({
	isUnused,
	leaveToOriginal,
	rememberOrigin: (transaction: Knex) => rememberOrigin(transaction, schema()),
});

/** Whether this instance has never had anything to do with a target or another instance. */
async function isUnused(database: Knex): Promise<boolean> {
	for (const table of TARGET_COLLECTIONS) {
		if (!(await database.schema.hasTable(table))) continue;
		if (await database(table).first<object | undefined>(database.raw('1'))) return false;
	}
	return !(await hasVersions(database)) && !(await hasMetPeers(database));
}

/**
 * Unsent deliveries, open incidents and links belong to the original, so the copy drops them. It keeps the sync ids, so
 * that linking the two finds every row again.
 */
async function leaveToOriginal(transaction: Knex, now: number): Promise<void> {
	await forgetPeers(transaction);
	await emptyOutbox(transaction);
	await cancelUnsent(transaction, now, { code: 'COPY', message: 'this instance is a copy; the original sends it' });
	await endIncidents(transaction, now);
	for (const table of [FLUSH_TARGETS, REMOTE_SOURCES]) {
		if (await transaction.schema.hasTable(table))
			await transaction(table).where({ status: 'published' }).update({ status: 'draft' });
	}
	await moveRulesVersion(transaction, `copy-${now}`);
}

/** Rows up to these numbers had their ids from the former name, or would have had: others may know them by it. */
async function rememberOrigin(transaction: Knex, schema: SchemaOverview | null): Promise<void> {
	const upTo: Record<string, number> = {};
	for (const { collection, primary, fields, singleton } of Object.values(schema?.collections ?? {})) {
		if (singleton || collection.startsWith('directus_') || !/integer/i.test(fields[primary]?.type ?? '')) continue;
		const row = await transaction(collection).max({ highest: primary }).first<{ highest: unknown } | undefined>();
		if (row?.highest !== null && row?.highest !== undefined) upTo[collection] = Number(row.highest);
	}
	const instance = await knownInstanceId(transaction);
	if (instance !== null) await addOrigin(transaction, { instance, upTo });
}
