import type { ExtensionsServices, Filter, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { DATA_SYNC_ROWS } from '../../../schema.js';
import { isSyncPolicy, isSyncUser } from '../../identity/core/sync-account.js';
import { DATA_SYNC } from '../../contract/vocabulary.js';

interface Ports {
	services: ExtensionsServices;
	getSchema: (options?: { database?: Knex }) => Promise<SchemaOverview>;
	database: Knex;
	/** Does the work while no other node does the same. */
	withLock: <T>(work: () => Promise<T>) => Promise<T>;
}

type Row = Record<string, unknown>;

interface Account {
	policy: string | null;
	user: string | null;
}

/**
 * Makes what is missing of the policy "Data Sync" and the user "Data Sync Directus", and gives the user the policy where
 * one of the two is new. What is there is used as it is; a policy that an admin took from the user is not given back.
 *
 * @returns what was made, in words
 */
export async function installSyncAccount(ports: Ports): Promise<string[]> {
	if (isComplete(await findAccount(ports))) return [];
	const made = await ports.withLock(() => makeAccount(ports));
	if (made.length > 0) await forgetPermissions(ports);
	return made;
}

const isComplete = ({ policy, user }: Account): boolean => policy !== null && user !== null;

/** All three rows or none: a start that breaks off leaves nothing that the next one takes for an admin's choice. */
async function makeAccount(ports: Ports): Promise<string[]> {
	const account = await findAccount(ports);
	if (isComplete(account)) return [];
	const schema = await ports.getSchema({ database: ports.database });
	const policy = account.policy ?? DATA_SYNC.policy;
	const user = account.user ?? DATA_SYNC.user;
	return ports.database.transaction(async (transaction) => {
		const items = (collection: string) =>
			new ports.services.ItemsService<Row>(collection, { knex: transaction, schema, accountability: null });
		const create = (collection: string, row: Row) => items(collection).createOne({ ...row }, { emitEvents: false });
		if (account.policy === null) await create('directus_policies', DATA_SYNC_ROWS.policy);
		if (account.user === null) await create('directus_users', DATA_SYNC_ROWS.user);
		const taken = await transaction('directus_access').where({ id: DATA_SYNC.access }).first('id');
		const { id, ...access } = { ...DATA_SYNC_ROWS.access, policy, user };
		await create('directus_access', taken ? access : { id, ...access });
		return [
			...(account.policy === null ? [`the policy "${DATA_SYNC.policyName}"`] : []),
			...(account.user === null ? [`the user "${DATA_SYNC.userName}"`] : []),
		];
	});
}

/** What is there already, ours or the predecessor's; where several have the name, the one with our id first. */
async function findAccount({ services, getSchema, database }: Ports): Promise<Account> {
	const schema = await getSchema({ database });
	const read = (collection: string, filter: Filter, fields: string[]) =>
		new services.ItemsService<Row>(collection, { knex: database, schema, accountability: null }).readByQuery(
			{ filter, fields: ['id', ...fields], limit: -1 },
			{ emitEvents: false },
		);
	const policies = await read(
		'directus_policies',
		{ _or: [{ id: { _eq: DATA_SYNC.policy } }, { name: { _eq: DATA_SYNC.policyName } }] },
		['name', 'admin_access', 'app_access'],
	);
	// The name may be split between the two fields in any way.
	const users = await read(
		'directus_users',
		{ _or: [{ id: { _eq: DATA_SYNC.user } }, { first_name: { _starts_with: 'Data' } }] },
		['first_name', 'last_name'],
	);
	const first = (rows: Row[], id: string) => {
		const row = rows.find((candidate) => candidate['id'] === id) ?? rows[0];
		return row ? String(row['id']) : null;
	};
	return {
		policy: first(policies.filter(isSyncPolicy), DATA_SYNC.policy),
		user: first(users.filter(isSyncUser), DATA_SYNC.user),
	};
}

/** Directus remembers by user and by policy what they permit. */
async function forgetPermissions({ services, getSchema, database }: Ports): Promise<void> {
	const accountability = { role: null, roles: [], user: null, admin: true, app: false, ip: null };
	const schema = await getSchema({ database });
	await new services.UtilsService({ knex: database, schema, accountability }).clearCache({ system: true });
}
