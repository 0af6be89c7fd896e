import type { Accountability } from '@directus/types';
import type { Request, Response } from 'express';
import type { Readable } from 'node:stream';
import { NO_ACCESS, readSyncAccess, type SyncAccess } from '../actions/sync-access.js';
import { routes, type InputOf, type RouteName } from '../core/routes.js';
import { bearerOf, isSameSecret } from '../core/same-secret.js';
import { pointer } from '../core/rule-issues.js';
import type { Runtime } from '../runtime.js';
import { sendStream, type Streamed } from './send-stream.js';
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
	/** The body as it comes in, where the route takes bytes. */
	bytes: Readable;
	/** What another instance may do here, on the routes for other instances; nothing on the others. */
	access: SyncAccess;
	/** Everything that Directus knows of who asks, for what is done in their name. */
	accountability: Accountability;
	runtime: Runtime;
}

/** What a handler gives back: data in Directus' envelope, once or piece by piece, or text as it is. */
export type Answer =
	{ data: unknown; meta?: Record<string, unknown> } | { text: string; contentType: string } | Streamed;

export type Handler<Name extends RouteName> = (asked: Asked<Name>) => Promise<Answer>;

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

const NOT_ALLOWED = "You don't have permission to access this.";
const NO_PEER =
	'this user may not sync: the token must be of a user with the policy "Data Sync", such as "Data Sync Directus"';

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
		const accountability = request.accountability ?? NOBODY;
		// Before anything is read: other instances send much.
		const access = routes[name].access === 'peer' ? await readSyncAccess(runtime, accountability) : NO_ACCESS;
		if (!(isAllowed(name, request, runtime) || access.isPeer))
			throw new RequestError(403, 'FORBIDDEN', routes[name].access === 'peer' ? NO_PEER : NOT_ALLOWED);
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
		const answer = await handler({
			input: readInput(name, request, body),
			id: String(request.params['id'] ?? ''),
			user: request.accountability?.user ?? null,
			requestId: requestIdOf(request, runtime),
			accept: String(request.headers.accept ?? ''),
			bytes: request,
			accountability,
			access,
			runtime,
		});
		response.setHeader('Cache-Control', 'no-store');
		if ('pieces' in answer) await sendStream(answer, response);
		else if ('text' in answer) response.setHeader('Content-Type', answer.contentType).send(answer.text);
		else response.json(answer);
	} catch (error) {
		const known =
			error instanceof RequestError
				? error
				: new RequestError(
						500,
						'INTERNAL_SERVER_ERROR',
						'An unexpected error occurred; the log of Directus says more.',
					);
		if (known !== error)
			runtime?.logger.error(
				`[downstream] ${request.method} ${routes[name].path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
			);
		if (!response.headersSent)
			response
				.status(known.status)
				.json({ errors: [{ message: known.message, extensions: { ...known.extensions, code: known.code } }] });
	}
}

/** Fits a column of ids: what is longer, or no id, is replaced by one. */
function requestIdOf(request: DirectusRequest, { clock }: Runtime): string {
	const given = request.headers['webhook-id'];
	return typeof given === 'string' && /^[\w-]{1,36}$/.test(given) ? given : clock.id();
}

function isAllowed(name: RouteName, request: DirectusRequest, { environment }: Runtime): boolean {
	if (request.accountability?.admin === true) return true;
	const token = environment.DOWNSTREAM_METRICS_TOKEN;
	if (routes[name].access !== 'admin-or-metrics-token' || !token) return false;
	return isSameSecret(bearerOf(request.headers.authorization) ?? String(request.query['token'] ?? ''), token);
}

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
