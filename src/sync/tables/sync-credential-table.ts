import type { Knex } from 'knex';
import { createTable } from '../../kernel/database/create-table.js';

const TABLE = 'downstream_sync_credentials';
const USERS = 'downstream_sync_users';

/** What lets one instance in, as the remote source that stands for it here. Only hashes of secrets are kept. */
export interface Credential {
	id: string;
	/** The remote source. */
	target: string;
	/** The instance that it is bound to. */
	instance: string;
}

/** Migration 8: who other instances are. */
export async function createCredentialTables(database: Knex): Promise<void> {
	await createTable(database, TABLE, (table) => {
		table.string('id', 36).primary();
		table.string('target', 36).notNullable().index();
		table.string('instance', 12).index();
		table.string('code_hash', 64).index();
		table.bigInteger('code_until');
		table.string('secret_hash', 64).index();
		table.bigInteger('created_at').notNullable();
		table.string('created_by', 36);
		table.bigInteger('redeemed_at');
	});
	await createTable(database, USERS, (table) => {
		table.string('instance', 12).primary();
		table.string('user', 36).notNullable();
		table.bigInteger('seen_at').notNullable();
	});
}

/** Makes a code that can be redeemed once; earlier codes of the same source, not redeemed yet, are worth nothing. */
export async function insertCode(
	database: Knex,
	code: { id: string; target: string; codeHash: string; until: number; at: number; user: string | null },
): Promise<void> {
	await database.transaction(async (transaction) => {
		await transaction(TABLE).where({ target: code.target }).whereNull('secret_hash').delete();
		await transaction(TABLE).insert({
			id: code.id,
			target: code.target,
			code_hash: code.codeHash,
			code_until: code.until,
			created_at: code.at,
			created_by: code.user,
		});
	});
}

/** The source whose code this is, as long as it can be redeemed. */
export async function findCode(
	database: Knex,
	codeHash: string,
	now: number,
): Promise<Omit<Credential, 'instance'> | null> {
	const row = await database(TABLE)
		.where({ code_hash: codeHash })
		.andWhere('code_until', '>', now)
		.first<Omit<Credential, 'instance'> | undefined>('id', 'target');
	return row ?? null;
}

/** Gives a secret for a code, once: false where another request was faster. What the source had before is worth nothing then. */
export async function redeemCode(
	database: Knex,
	{ id, target }: Omit<Credential, 'instance'>,
	{ secretHash, instance, at }: { secretHash: string; instance: string; at: number },
): Promise<boolean> {
	return database.transaction(async (transaction) => {
		const taken = await transaction(TABLE)
			.where({ id })
			.whereNull('secret_hash')
			.update({ code_hash: null, code_until: null, secret_hash: secretHash, instance, redeemed_at: at });
		if (taken === 0) return false;
		await transaction(TABLE).where({ target }).whereNot({ id }).delete();
		return true;
	});
}

export async function findCredential(database: Knex, secretHash: string): Promise<Credential | null> {
	const row = await database(TABLE)
		.where({ secret_hash: secretHash })
		.first<Credential | undefined>('id', 'target', 'instance');
	return row ?? null;
}

/** The source whose credential is bound to an instance; null where none is. */
export async function sourceOfPaired(database: Knex, instance: string): Promise<string | null> {
	const row = await database(TABLE)
		.where({ instance })
		.whereNotNull('secret_hash')
		.first<{ target: string } | undefined>('target');
	return row?.target ?? null;
}

/** The sources that there are credentials or codes of. */
export async function targetsWithCredentials(database: Knex): Promise<string[]> {
	return database(TABLE).distinct().pluck<string[]>('target');
}

/** No instance is let in as this source any more; returns the number of credentials and codes that are worth nothing now. */
export async function revoke(database: Knex, target: string): Promise<number> {
	return database(TABLE).where({ target }).delete();
}

/** The user that an instance without a credential came as; null if it never did. */
export async function userOf(database: Knex, instance: string): Promise<string | null> {
	const row = await database(USERS).where({ instance }).first<{ user: string } | undefined>('user');
	return row?.user ?? null;
}

/** @param before whom it was known as, so that nobody overwrites what he has not seen */
export async function rememberUser(
	database: Knex,
	{ instance, user, at, before }: { instance: string; user: string; at: number; before: string | null },
): Promise<void> {
	if (before !== null) await database(USERS).where({ instance, user: before }).update({ user, seen_at: at });
	else await database(USERS).insert({ instance, user, seen_at: at }).onConflict('instance').ignore();
}

export async function forgetUser(database: Knex, instance: string): Promise<void> {
	await database(USERS).where({ instance }).delete();
}
