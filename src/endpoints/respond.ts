import type { Accountability } from '@directus/types';
import type { Response } from 'express';
import type { Readable } from 'node:stream';
import { type SyncAccess } from '../sync/link/sync-access.js';
import { isNestedTooDeeply, MOST_NESTED } from '../kernel/core/json-depth.js';
import { routes, type AnswerOf, type DataOf, type InputOf, type RouteName } from '../contract/routes.js';
import { MS_HEADER } from '../sync/core/merge/kept-times.js';
import { type DigestKey } from '../sync/core/compare/digest-key.js';
import { broughtBy, CODE } from '../sync/core/link/remote-credential.js';
import type { RemoteSource } from '../sync/remote-source.js';
import { pointer } from '../kernel/core/rule-issues.js';
import type { Runtime } from '../app/runtime.js';
import { answerJson, incomingBytes } from './incoming.js';
import { sendStream, sendText, type Streamed, type StreamedText } from './send-stream.js';
import { admit, assurePeer, digestKeyFor, headerOf, type DirectusRequest } from './admit-request.js';
import { RequestError } from './request-error.js';
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
	/** The code for pairing that the request brought. */
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

/** Text that a database cannot store (PostgreSQL refuses NUL) is not an id of ours. */
const MAY_BE_ID = /^[^\p{Cc}\p{Cs}]*$/u;
const MOST_OF_ID = 255;
const NO_ID = `an id has at most ${MOST_OF_ID} characters, and no control characters`;

/** The one place where requests come in and answers and errors go out. */
export async function respond<Name extends RouteName>(
	name: Name,
	handler: Handler<Name>,
	request: DirectusRequest,
	response: Response,
	loaded: Runtime | null,
): Promise<void> {
	try {
		const { runtime, remote, accountability, access } = await admit(name, request, loaded);
		const body = takesBytes(name) ? undefined : await bodyOf(request, routes[name].path);
		const input = readInput(name, request, body);
		if (routes[name].access === 'peer')
			await assurePeer(input as { from: string }, { request, runtime, remote, accountability });
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
			loaded?.logger.debug(`[downstream] ${request.method} ${routes[name].path}: the client closed the connection`);
			return;
		}
		const { status, body } = answerToError(error, name, loaded);
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

/** Whether the client closed the connection while sending: there is no one to answer, and nothing to fix. */
const hasLeft = (error: unknown, request: DirectusRequest) =>
	request.destroyed && !request.complete && (error as { code?: unknown } | null)?.code === 'ECONNRESET';

/** An id that fits a column: a longer one, or none, is replaced by a new one. */
function requestIdOf(request: DirectusRequest, { clock }: Runtime): string {
	const given = request.headers['webhook-id'];
	return typeof given === 'string' && /^[\w-]{1,36}$/.test(given) ? given : clock.id();
}

const takesBytes = (name: RouteName): boolean => 'raw' in routes[name];

/** The body as JSON. */
async function bodyOf(request: DirectusRequest, path: string): Promise<unknown> {
	const body = await readBody(request, path).catch((error: unknown) => {
		if (!(error instanceof UnreadableBody)) throw error;
		const [status, code] = error.tooLarge ? ([413, 'CONTENT_TOO_LARGE'] as const) : ([400, 'INVALID_PAYLOAD'] as const);
		throw new RequestError(status, code, error.message);
	});
	if (isNestedTooDeeply(body))
		throw new RequestError(400, 'INVALID_PAYLOAD', `the body is nested deeper than ${MOST_NESTED} levels`);
	return body;
}

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
