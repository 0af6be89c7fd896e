import type { Accountability } from '@directus/types';
import type { Request } from 'express';
import { assureOne } from '../sync/link/sync-starts.js';
import { ASKED_AGAIN_HEADER, IDENTITY_DISPUTED, STARTS_HEADER } from '../identity/core/starts.js';
import { asDataSync, assureIdentity, credentialFor, isCode } from '../sync/link/pairing.js';
import { NO_ACCESS, readSyncAccess, type SyncAccess } from '../sync/link/sync-access.js';
import { routes, type RouteName } from '../contract/routes.js';
import { bearerOf, isSameSecret } from '../kernel/core/same-secret.js';
import { DIGEST_KEY_HEADER, sharedDigestKey, type DigestKey } from '../sync/core/compare/digest-key.js';
import { broughtBy, CODE, CREDENTIAL } from '../sync/core/link/remote-credential.js';
import type { RemoteSource } from '../sync/remote-source.js';
import type { Credential } from '../sync/tables/sync-credential-table.js';
import type { Runtime } from '../app/runtime.js';
import { RequestError } from './request-error.js';

/** A request, with what Directus knows of who asks. */
export interface DirectusRequest extends Request {
	accountability?: Accountability | null;
}

/** Admins' routes that reach out to a target at once; an instance that may be a copy does not act as the original. */
const CONTACTS_OTHERS: ReadonlySet<RouteName> = new Set([
	'testTarget',
	'syncCheck',
	'syncClosure',
	'syncCompare',
	'syncBackfill',
	'syncRepair',
	'syncPromote',
	'syncCopyOf',
	'syncCopy',
	'syncRelease',
]);

/** After a reload of extensions, Downstream starts while Directus already serves requests; most of them wait a moment. */
const WAITS_FOR_START_MS = 5_000;

/** What answers before Downstream is ready: it says why it is not. */
const TOLD_BEFORE_READY: RouteName[] = ['status', 'metrics'];

const NOT_ALLOWED = "You don't have permission to access this.";
const NO_PEER =
	'this user may not sync: the token must be of a user with the policy "Data Sync", such as "Data Sync Directus"';

const UNKNOWN_CREDENTIAL = 'this credential was taken back, or never given: pair the two again';

const NOBODY: Accountability = { admin: false, app: false, user: null, role: null, roles: [], ip: null };

/** A request that may be answered. */
export interface AdmittedRequest {
	runtime: Runtime;
	/** The instance that brought a credential instead of a token of Directus; null where none did. */
	remote: RemoteCaller | null;
	accountability: Accountability;
	access: SyncAccess;
}

interface RemoteCaller {
	credential: Credential;
	source: RemoteSource;
	as: Accountability;
}

/**
 * Whether a request may be answered now: Downstream is ready, and who asks may ask this. Nothing of its body has been read.
 * @throws RequestError where it may not
 */
export async function admit(
	name: RouteName,
	request: DirectusRequest,
	runtime: Runtime | null,
): Promise<AdmittedRequest> {
	if (!runtime)
		throw new RequestError(
			503,
			'SERVICE_UNAVAILABLE',
			'the Downstream hook is not loaded: switch the whole bundle on, and look into the log of Directus',
		);
	if (!TOLD_BEFORE_READY.includes(name)) await runtime.recording.getsFurther(WAITS_FOR_START_MS);
	const why = runtime.recording.startError();
	// Who another instance is cannot be looked up yet, and why is none of its business.
	if (why !== null && routes[name].access === 'peer')
		throw new RequestError(503, 'SERVICE_UNAVAILABLE', 'Downstream is not ready here yet; ask again later');
	const remote = routes[name].access === 'peer' ? await remoteOf(name, request, runtime) : null;
	const accountability = remote?.as ?? request.accountability ?? NOBODY;
	// Before anything is read: other instances send much.
	const access = routes[name].access === 'peer' ? await readSyncAccess(runtime, accountability) : NO_ACCESS;
	if (!((remote ? false : await isAllowed(name, request, runtime)) || access.isPeer))
		throw new RequestError(403, 'FORBIDDEN', routes[name].access === 'peer' ? NO_PEER : NOT_ALLOWED);
	if (runtime.identity.isHeld() && (routes[name].access === 'peer' || CONTACTS_OTHERS.has(name)))
		throw new RequestError(503, 'IDENTITY_HELD', runtime.identity.status().reason ?? '');
	if (why !== null && !TOLD_BEFORE_READY.includes(name))
		throw new RequestError(503, 'SERVICE_UNAVAILABLE', `${why} It is tried again until it succeeds; ask again later.`);
	return { runtime, remote, accountability, access };
}

/**
 * Another instance is the one that its credential was given to, and the only process that goes by its name.
 * @throws RequestError where it is not
 */
export async function assurePeer(
	{ from }: { from: string },
	{ request, runtime, remote, accountability }: Omit<AdmittedRequest, 'access'> & { request: DirectusRequest },
): Promise<void> {
	const claim = { from, credential: remote?.credential ?? null, as: accountability };
	const refused = await assureIdentity(runtime, claim);
	if (refused) throw new RequestError(403, refused.code, refused.refused);
	const starts = headerOf(request, STARTS_HEADER);
	const again = headerOf(request, ASKED_AGAIN_HEADER) !== null;
	const disputed = await assureOne(runtime, from, { starts, again });
	if (disputed) throw new RequestError(503, IDENTITY_DISPUTED, disputed);
}

async function remoteOf(name: RouteName, request: DirectusRequest, runtime: Runtime): Promise<RemoteCaller | null> {
	const secret = broughtBy(CREDENTIAL, request.headers);
	if (secret === null) return null;
	const credential = await credentialFor(runtime.database, secret);
	if (!credential) throw new RequestError(401, 'UNKNOWN_CREDENTIAL', UNKNOWN_CREDENTIAL);
	if (runtime.rules.stale() || !runtime.rules.target(credential.target)) await runtime.rules.refresh();
	const source = runtime.rules.target(credential.target);
	// What it is about is asked before it is published.
	if (source?.kind !== 'sync' || (source.status !== 'published' && name !== 'syncHello'))
		throw new RequestError(403, 'REMOTE_OFF', 'the remote source for this instance is not published here');
	const as = await asDataSync(runtime, request.accountability?.ip ?? null);
	if (!as) throw new RequestError(403, 'FORBIDDEN', 'the user "Data Sync Directus" here is missing or not active');
	return { credential, source, as };
}

export const digestKeyFor = (request: DirectusRequest): DigestKey | null =>
	sharedDigestKey(
		headerOf(request, DIGEST_KEY_HEADER),
		broughtBy(CREDENTIAL, request.headers) ?? bearerOf(request.headers.authorization),
	);

async function isAllowed(name: RouteName, request: DirectusRequest, runtime: Runtime): Promise<boolean> {
	if (request.accountability?.admin === true) return true;
	if (routes[name].access === 'user') return typeof request.accountability?.user === 'string';
	const code = routes[name].access === 'code' ? broughtBy(CODE, request.headers) : null;
	if (code !== null && (await isCode(runtime, code))) return true;
	const { DOWNSTREAM_METRICS_TOKEN: metrics, DOWNSTREAM_PAGES_TOKEN: pages } = runtime.environment;
	const { access } = routes[name];
	const token = access === 'admin-or-metrics-token' ? metrics : access === 'admin-or-pages-token' ? pages : undefined;
	if (!token) return false;
	return isSameSecret(bearerOf(request.headers.authorization) ?? '', token);
}

export function headerOf(request: DirectusRequest, name: string): string | null {
	const given = request.headers[name];
	return typeof given === 'string' && given !== '' ? given : null;
}
