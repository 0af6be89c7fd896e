import type { Row } from '../../kernel/core/row.js';
import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { randomBytes } from 'node:crypto';
import { isSyncUser } from '../../identity/core/sync-account.js';
import { CODE_LASTS_MS, credentialOf, hashOf, judgeClaim } from '../core/link/remote-credential.js';
import { DATA_SYNC } from '../../contract/vocabulary.js';
import type { RemoteSource } from '../remote-source.js';
import type { DirectusServices } from '../../kernel/directus-services.js';
import type { SyncPorts } from '../sync-ports.js';
import { recordOperation } from '../../delivery/tables/operation-table.js';
import {
	findCode,
	findCredential,
	forgetUser,
	insertCode,
	redeemCode,
	rememberUser,
	revoke,
	sourceOfPaired,
	userOf,
	type Credential,
} from '../tables/sync-credential-table.js';
import { readSyncAccess } from './sync-access.js';

interface Ports {
	database: Knex;
	services: DirectusServices;
	getSchema: () => Promise<SchemaOverview>;
}

/** The credential that an instance brought, if it is one of ours. */
export const credentialFor = (database: Knex, secret: string): Promise<Credential | null> =>
	findCredential(database, hashOf(secret));

/** What Directus would know of a user who came with a token; null where it is not let in. */
async function asUser(ports: Ports, user: Row | undefined, ip: string | null): Promise<Accountability | null> {
	if (!user || user['status'] !== 'active') return null;
	const role = typeof user['role'] === 'string' ? user['role'] : null;
	const roles: string[] = [];
	for (let next = role; next !== null && !roles.includes(next);) {
		roles.push(next);
		const role = await ports.database('directus_roles').where({ id: next }).first<Row | undefined>('parent');
		next = typeof role?.['parent'] === 'string' ? role['parent'] : null;
	}
	return { admin: false, app: false, user: String(user['id']), role, roles, ip };
}

/** As whom paired instances write: the Data Sync user, without a token; null where there is none. */
export async function asDataSync(ports: Ports, ip: string | null): Promise<Accountability | null> {
	const columns = ['id', 'first_name', 'last_name', 'status', 'role'];
	const byId = await ports.database('directus_users').where({ id: DATA_SYNC.user }).first<Row | undefined>(columns);
	const named = byId
		? []
		: await ports.database('directus_users').where('first_name', 'like', 'Data%').select<Row[]>(columns);
	return asUser(ports, byId ?? named.find(isSyncUser), ip);
}

/** Whether a user may still come as another instance. */
async function mayStillCome(ports: Ports, user: string): Promise<boolean> {
	const row = await ports
		.database('directus_users')
		.where({ id: user })
		.whereNotNull('token')
		.first<Row | undefined>('id', 'status', 'role');
	const as = await asUser(ports, row, null);
	return as !== null && (await readSyncAccess(ports, as, { anywhere: true })).isPeer;
}

/**
 * Whether a sender is believed to be the instance that it claims to be; a new one is remembered.
 * @returns why it is not, or null
 */
export async function assureIdentity(
	ports: SyncPorts<'clock' | 'database' | 'getSchema' | 'services'>,
	{ from, credential, as }: { from: string; credential: Credential | null; as: Accountability },
): Promise<{ code: string; refused: string } | null> {
	const { database, clock } = ports;
	const by = credential ? { credential } : { user: as.user, admin: as.admin === true };
	const before = credential || as.admin ? null : await userOf(database, from);
	const isOther = before !== null && before !== as.user;
	const cameAs = isOther && !(await mayStillCome(ports, before)) ? null : before;
	const paired = credential === null && (await sourceOfPaired(database, from)) !== null;
	const answer = judgeClaim({ from, by, isPaired: paired, cameAs });
	if ('refused' in answer) return answer;
	if (answer.remember && as.user !== null)
		await rememberUser(database, { instance: from, user: as.user, at: clock.now(), before });
	return null;
}

/** Whether a code can be redeemed. */
export const isCode = async ({ database, clock }: SyncPorts<'clock' | 'database'>, code: string): Promise<boolean> =>
	(await findCode(database, hashOf(code), clock.now())) !== null;

/** Makes a code by which the instance behind a source gets a credential of its own. It is shown once. */
export async function pair(
	{ database, clock }: SyncPorts<'clock' | 'database'>,
	source: RemoteSource,
	user: string | null,
): Promise<{ code: string; expires_at: string }> {
	const code = randomBytes(18).toString('base64url');
	const [at, id] = [clock.now(), clock.id()];
	const until = at + CODE_LASTS_MS;
	await insertCode(database, { id, target: source.id, codeHash: hashOf(code), until, at, user });
	await recordOperation(database, { id: clock.id(), at, user, action: 'pair', target: source.id, detail: {} });
	return { code, expires_at: new Date(until).toISOString() };
}

/** Revokes a remote's credentials, and forgets as which user its instance came before. */
export async function unpair(
	ports: SyncPorts<'clock' | 'database', 'peer'>,
	source: RemoteSource,
	user: string | null,
): Promise<{ revoked: number }> {
	const { database, clock, sync } = ports;
	const revoked = await revoke(database, source.id);
	const instance = sync.peer(source.id);
	if (instance !== null) await forgetUser(database, instance);
	const about = { user, action: 'unpair' as const, target: source.id, detail: { revoked } };
	await recordOperation(database, { id: clock.id(), at: clock.now(), ...about });
	return { revoked };
}

/**
 * Gives the credential for a code to the instance that brings it, once.
 * @returns null where the code is not known, or not any more
 */
export async function redeem(
	{ database, clock, sync }: SyncPorts<'clock' | 'database', 'instance' | 'peer' | 'sourceOf'>,
	{ from, code }: { from: string; code: string },
): Promise<{ credential: string } | { code: string; refused: string } | null> {
	const pending = await findCode(database, hashOf(code), clock.now());
	if (!pending) return null;
	if (from === sync.instance()) return { code: 'SAME_INSTANCE', refused: 'the sender has the id of this instance' };
	const known = sync.peer(pending.target);
	if (known !== null && known !== from)
		return {
			code: 'OTHER_INSTANCE',
			refused: `the code is for the instance ${known}, and ${from} brought it: check the url of the remote source here`,
		};
	const other = (await sourceOfPaired(database, from)) ?? sync.sourceOf(from)?.id ?? pending.target;
	if (other !== pending.target)
		return {
			code: 'OTHER_REMOTE',
			refused: `the instance ${from} belongs to another remote source here: make the code for that one, or unpair it first`,
		};
	const credential = credentialOf(randomBytes(32));
	const secretHash = hashOf(credential);
	return (await redeemCode(database, pending, { secretHash, instance: from, at: clock.now() })) ? { credential } : null;
}
