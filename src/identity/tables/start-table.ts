import type { Knex } from 'knex';
import { STARTS_KEPT, type KnownStarts } from '../core/starts.js';

const META = 'downstream_meta';
const KEY = 'starts';
const DISPUTED = 'disputed';

interface Left {
	/** The latest last. */
	tokens: string[];
	/** Whether the latest token was sent to anybody. If not, it may be in a copy too, and is replaced. */
	told: boolean;
}

const read = async (database: Knex, key: string): Promise<string | null> =>
	(await database(META).where({ key }).first<{ value: string } | undefined>('value'))?.value ?? null;

/** Writes a value unless somebody has changed it since it was read. */
async function replace(database: Knex, before: string | null, after: Left): Promise<boolean> {
	const value = JSON.stringify(after);
	if (before !== null) return (await database(META).where({ key: KEY, value: before }).update({ value })) > 0;
	await database(META).insert({ key: KEY, value }).onConflict('key').ignore();
	return (await read(database, KEY)) === value;
}

/** Leaves the token of a start. */
export async function leaveStart(database: Knex, token: string): Promise<void> {
	for (;;) {
		const before = await read(database, KEY);
		const { tokens, told } = before === null ? { tokens: [], told: true } : (JSON.parse(before) as Left);
		const kept = told ? tokens : tokens.slice(0, -1);
		if (await replace(database, before, { tokens: [...kept, token].slice(-STARTS_KEPT), told: false })) return;
	}
}

/** The tokens to send to another instance. */
export async function tellStarts(database: Knex): Promise<string[]> {
	for (;;) {
		const before = await read(database, KEY);
		if (before === null) return [];
		const left = JSON.parse(before) as Left;
		if (left.told || (await replace(database, before, { ...left, told: true }))) return left.tokens;
	}
}

/** What this instance remembers of another one. */
export async function knownStarts(database: Knex, instance: string): Promise<KnownStarts | null> {
	const value = await read(database, `${KEY}:${instance}`);
	return value === null ? null : (JSON.parse(value) as KnownStarts);
}

export const rememberStarts = (database: Knex, instance: string, known: KnownStarts): Promise<void> =>
	save(database, `${KEY}:${instance}`, JSON.stringify(known));

/** Why a remote reports two instances with this name; null if none does. */
export const readDispute = (database: Knex): Promise<string | null> => read(database, DISPUTED);

export const saveDispute = (database: Knex, reason: string): Promise<void> => save(database, DISPUTED, reason);

export const endDispute = async (database: Knex): Promise<void> =>
	void (await database(META).where({ key: DISPUTED }).delete());

async function save(database: Knex, key: string, value: string): Promise<void> {
	await database(META).insert({ key, value }).onConflict('key').merge();
}
