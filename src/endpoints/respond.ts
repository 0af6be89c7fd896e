import type { Accountability } from '@directus/types';
import type { Request, Response } from 'express';
import type { Readable } from 'node:stream';
import { assureOne } from '../sync/link/sync-starts.js';
import { ASKED_AGAIN_HEADER, IDENTITY_DISPUTED, STARTS_HEADER } from '../identity/core/starts.js';
import { asDataSync, assureIdentity, credentialFor, isCode } from '../sync/link/pairing.js';
import { NO_ACCESS, readSyncAccess, type SyncAccess } from '../sync/link/sync-access.js';
import { isNestedTooDeeply, MOST_NESTED } from '../kernel/core/json-depth.js';
import { routes, type AnswerOf, type DataOf, type InputOf, type RouteName } from '../contract/routes.js';
import { bearerOf, isSameSecret } from '../kernel/core/same-secret.js';
import { MS_HEADER } from '../sync/core/merge/kept-times.js';
import { DIGEST_KEY_HEADER, sharedDigestKey, type DigestKey } from '../sync/core/compare/digest-key.js';
import { broughtBy, CODE, CREDENTIAL } from '../sync/core/link/remote-credential.js';
import type { RemoteSource } from '../sync/remote-source.js';
import type { Credential } from '../sync/tables/sync-credential-table.js';
import { pointer } from '../kernel/core/rule-issues.js';
import type { Runtime } from '../app/runtime.js';
import { answerJson, incomingBytes } from './incoming.js';
import { sendStream, sendText, type Streamed, type StreamedText } from './send-stream.js';
import { readBody, UnreadableBody } from './read-body.js';

/** What a handler is given: its input, checked, the ids in its path, and who asks. */
export interface Asked<Name extends RouteName> {
	input: InputOf<Name>;
	id: string;
	user: string | null;
	/** What the sender calls this request (`webhook-id`), or an id of its own. */
	requestId: string;
	/** The forms in which an answer is wanted. */
	accept: string;
	/** The body as it comes in, where the route takes bytes; it need not be read to its end. */
	bytes: Readable;
	/** What another instance may do here, on the routes for other instances; nothing on the others. */
	access: SyncAccess;
	/** The remote source whose credential another instance has brought; null where it came with a token of Directus. */
	paired: RemoteSource | null;
	/** The key of digests for this request; null if others could know its secret too. */
	digestKey: DigestKey | null;
	/** Whether the asking instance keeps milliseconds. */
	comparesMs: boolean;
	/** The code for pairing that somebody brought. */
	code: string;
	/** Everything that Directus knows of who asks, for what is done in their name. */
	accountability: Accountability;
	runtime: Runtime;
}

/** What a handler gives back: the body of the answer, once or, where that was asked for, piece by piece. */
export type Handler<Name extends RouteName> = (asked: Asked<Name>) => Promise<AnswerOf<Name> | StreamedBy<Name>>;
type StreamedBy<Name extends RouteName> = (typeof routes)[Name]['answer'] extends 'text'
	? StreamedText
	: (typeof routes)[Name] extends { streams?: infer Streams }
		? true extends Streams
			? Streamed<DataOf<Name>>
			: never
		: never;

/** An error that a caller may see, in Directus' format. */
export class RequestError extends Error {
	readonly status: number;
	readonly code: string;
	readonly extensions: Record<string, unknown>;

	constructor(status: number, code: string, message: string, extensions: Record<string, unknown> = {}) {
		super(message);
		[this.status, this.code, this.extensions] = [status, code, extensions];
	}
}

export const notFound = (what: string, id: string) =>
	new RequestError(404, 'ROUTE_NOT_FOUND', `there is no ${what} "${id}"`);

interface DirectusRequest extends Request {
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

/** Text that a database cannot store (PostgreSQL refuses NUL) is not an id of ours. */
const MAY_BE_ID = /^[^\p{Cc}\p{Cs}]*$/u;
const MOST_OF_ID = 255;
const NO_ID = `an id has at most ${MOST_OF_ID} characters, and no control characters`;

const NOT_ALLOWED = "You don't have permission to access this.";
const NO_PEER =
	'this user may not sync: the token must be of a user with the policy "Data Sync", such as "Data Sync Directus"';

const UNKNOWN_CREDENTIAL = 'this credential was taken back, or never given: pair the two again';

const NOBODY: Accountability = { admin: false, app: false, user: null, role: null, roles: [], ip: null };

/** The one place where requests come in and answers and errors go out. */
export async function respond<Name extends RouteName>(
	name: Name,
	handler: Handler<Name>,
	request: DirectusRequest,
	response: Response,
	runtime: Runtime | null,
): Promise<void> {
	try {
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
			throw new RequestError(
				503,
				'SERVICE_UNAVAILABLE',
				`${why} It is tried again until it succeeds; ask again later.`,
			);
		const isRaw = takesBytes(name);
		const body = await (isRaw ? Promise.resolve(undefined) : readBody(request, routes[name].path)).catch(
			(error: unknown) => {
				if (!(error instanceof UnreadableBody)) throw error;
				throw new RequestError(
					error.tooLarge ? 413 : 400,
					error.tooLarge ? 'CONTENT_TOO_LARGE' : 'INVALID_PAYLOAD',
					error.message,
				);
			},
		);
		if (isNestedTooDeeply(body))
			throw new RequestError(400, 'INVALID_PAYLOAD', `the body is nested deeper than ${MOST_NESTED} levels`);
		const input = readInput(name, request, body);
		if (routes[name].access === 'peer') {
			const { from } = input as { from: string };
			const claim = { from, credential: remote?.credential ?? null, as: accountability };
			const refused = await assureIdentity(runtime, claim);
			if (refused) throw new RequestError(403, refused.code, refused.refused);
			const starts = headerOf(request, STARTS_HEADER);
			const again = headerOf(request, ASKED_AGAIN_HEADER) !== null;
			const disputed = await assureOne(runtime, from, { starts, again });
			if (disputed) throw new RequestError(503, IDENTITY_DISPUTED, disputed);
		}
		const id = String(request.params['id'] ?? '');
		if (id.length > MOST_OF_ID || !MAY_BE_ID.test(id)) throw new RequestError(404, 'ROUTE_NOT_FOUND', NO_ID);
		const answer = await handler({
			input,
			id,
			user: accountability.user,
			paired: remote?.source ?? null,
			digestKey: digestKeyFor(request),
			comparesMs: headerOf(request, MS_HEADER) !== null,
			code: broughtBy(CODE, request.headers) ?? '',
			requestId: requestIdOf(request, runtime),
			accept: String(request.headers.accept ?? ''),
			bytes: incomingBytes(request),
			accountability,
			access,
			runtime,
		});
		response.setHeader('Cache-Control', 'no-store');
		if ('pieces' in answer) await sendStream(answer, response);
		else if ('chunks' in answer) await sendText(answer, response);
		else if ('text' in answer) response.setHeader('Content-Type', answer.contentType).send(answer.text);
		else await answerJson(request, response, 200, answer);
	} catch (error) {
		if (hasLeft(error, request)) {
			runtime?.logger.debug(`[downstream] ${request.method} ${routes[name].path}: the client closed the connection`);
			return;
		}
		const { status, body } = answerToError(error, name, runtime);
		if (!response.headersSent) await answerJson(request, response, status, body);
	}
}

/** The answer to an error; unexpected errors are logged. */
export function answerToError(error: unknown, name: RouteName, runtime: Runtime | null) {
	const { status, message, extensions, code } = knownOf(error);
	const { method, path } = routes[name];
	if (status >= 500 && !(error instanceof RequestError))
		runtime?.logger.error(
			`[downstream] ${method.toUpperCase()} ${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
		);
	return { status, body: { errors: [{ message, extensions: { ...extensions, code } }] } };
}

/** What the caller is told: our own refusals and those of Directus' services as they are, of anything else that it happened. */
function knownOf(error: unknown): RequestError {
	if (error instanceof RequestError) return error;
	if (error instanceof Error && error.name === 'DirectusError' && 'status' in error && 'code' in error) {
		const { extensions } = error as { extensions?: Record<string, unknown> };
		return new RequestError(Number(error.status), String(error.code), error.message, extensions ?? {});
	}
	return new RequestError(500, 'INTERNAL_SERVER_ERROR', 'An unexpected error occurred; the log of Directus says more.');
}

/** Whether the client closed the connection while sending: there is nobody to answer, and nothing to fix. */
const hasLeft = (error: unknown, request: DirectusRequest) =>
	request.destroyed && !request.complete && (error as { code?: unknown } | null)?.code === 'ECONNRESET';

/** An id that fits a column: a longer one, or none, is replaced by a new one. */
function requestIdOf(request: DirectusRequest, { clock }: Runtime): string {
	const given = request.headers['webhook-id'];
	return typeof given === 'string' && /^[\w-]{1,36}$/.test(given) ? given : clock.id();
}

/** The instance that sent a credential instead of a token of Directus; null if none did. */
async function remoteOf(
	name: RouteName,
	request: DirectusRequest,
	runtime: Runtime,
): Promise<{ credential: Credential; source: RemoteSource; as: Accountability } | null> {
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

function headerOf(request: DirectusRequest, name: string): string | null {
	const given = request.headers[name];
	return typeof given === 'string' && given !== '' ? given : null;
}

const digestKeyFor = (request: DirectusRequest): DigestKey | null =>
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

/** What answers before Downstream is ready: it says why it is not. */
const TOLD_BEFORE_READY: RouteName[] = ['status', 'metrics'];

const takesBytes = (name: RouteName): boolean => 'raw' in routes[name];

function readInput<Name extends RouteName>(name: Name, request: DirectusRequest, body: unknown): InputOf<Name> {
	// Directus reads the token out of the query itself, and parses some parameters of its own.
	const { access_token: _, ...query } = request.query;
	const fromQuery = routes[name].method === 'get' || takesBytes(name);
	if (!fromQuery && (Array.isArray(body) || (body !== undefined && typeof body !== 'object'))) {
		throw new RequestError(400, 'INVALID_PAYLOAD', 'Invalid payload. Expected a JSON object.', {
			issues: [{ path: '', code: 'invalid_type', message: 'expected a JSON object' }],
		});
	}
	const parsed = routes[name].input.safeParse(fromQuery ? query : (body ?? {}));
	if (parsed.success) return parsed.data as InputOf<Name>;
	const issues = parsed.error.issues.map((issue) => ({
		path: pointer(issue.path),
		code: issue.code,
		message: issue.message,
	}));
	const [first] = issues;
	const kind = fromQuery ? (['INVALID_QUERY', 'query'] as const) : (['INVALID_PAYLOAD', 'payload'] as const);
	throw new RequestError(
		400,
		kind[0],
		`Invalid ${kind[1]}. ${first?.path ? `${first.path}: ` : ''}${first?.message ?? ''}`,
		{ issues },
	);
}
