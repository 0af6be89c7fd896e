import { join, relative } from 'node:path';
import type { ConfigIssue } from '../contract/plan.js';
import { transportFault, transportSentence, wasNeverSent } from '../kernel/core/transport-errors.js';
import { isRecord } from '../kernel/core/is-record.js';
import { Failure, type FailureDetail } from './failure.js';

/** A request that was answered, but not as asked. */
export interface RefusedRequest {
	method: string;
	path: string;
	url: string;
	flags: { url: string; token: string };
}

/** Why there was no answer, and whether the request may have been carried out nevertheless. */
export function unreachable(
	error: unknown,
	{
		method,
		path,
		url,
		isRead,
		limit,
		flag,
		proxies,
	}: {
		method: string;
		path: string;
		url: string;
		isRead: boolean;
		limit: number;
		flag: string;
		/** Variables that name proxies. */
		proxies: readonly string[];
	},
): Failure {
	const where = `${method} ${url}${path}`;
	const code = codeOf(error);
	const mayHaveHappened = !isRead && !wasNeverSent(code);
	const tail = mayHaveHappened ? ' It is not known whether the request was carried out.' : '';
	if (error instanceof DOMException || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
		return new Failure('TIMEOUT', `${url} did not answer within ${Math.round(limit / 1000)} seconds.${tail}`, {
			where,
			advice: 'Look at the log of Directus, or allow more time with --request-timeout.',
			cause: error,
		});
	const reason = transportSentence(code) ?? deepest(error);
	return new Failure('UNREACHABLE', `Cannot reach ${url}: ${reason}.${tail}`, {
		where,
		advice:
			transportFault(code) === 'certificate'
				? "Let Node trust the certificate's issuer with the environment variable NODE_EXTRA_CA_CERTS."
				: `Check the address (${flag})${proxies.length > 0 ? `, the proxy (${proxies.join(', ')})` : ''} and that Directus runs; "downstream wait-server-ready" waits for it.`,
		cause: error,
	});
}

/** An address that sends everybody elsewhere, such as http to https. */
export function redirected(response: Response, url: string, flag: string): Failure {
	const to = response.headers.get('location');
	const target = to !== null && URL.canParse(to, url) ? new URL(to, url) : null;
	return new Failure('REDIRECTED', `${url} sends requests on to ${target?.origin ?? 'another address'}.`, {
		where: url,
		advice: `Give the address that Directus is at (${flag})${target ? `: ${target.origin}` : ''}.`,
	});
}

/** The code of an error or of what caused it; a connection by several addresses has one for each. */
function codeOf(error: unknown): string {
	if (!(error instanceof Error)) return '';
	if ('code' in error && typeof error.code === 'string') return error.code;
	if (error instanceof AggregateError) return codeOf(error.errors[0]);
	return codeOf(error.cause);
}

/** Node's fetch says only that it failed; what it failed of says why. */
function deepest(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.cause instanceof Error ? deepest(error.cause) : error.message;
}

/** Answers of a proxy when Directus is down, or slower than the proxy waits. */
const GATEWAY = [502, 503, 504];

function gatewayGaveUp(status: number, where: string, { method, path, url }: RefusedRequest): Failure {
	const writes = method !== 'GET' && /\/(push|revert|finish|seed|resume|apply)\b/.test(path);
	return new Failure(
		'GATEWAY',
		`The proxy in front of ${url} stopped waiting for Directus (status ${status}).${writes ? ' Directus may still be processing the request.' : ''}`,
		{
			where,
			advice: writes
				? 'Look at "downstream history" before you try again, and let the proxy wait longer.'
				: 'Check that Directus runs, or let the proxy wait longer.',
		},
	);
}

/** The failure for a refused request, with advice for the person at the command line. */
export async function refusal(
	status: number,
	body: unknown,
	asked: RefusedRequest,
	probe: () => Promise<{ version: string } | null>,
): Promise<Failure> {
	const { method, path, url, flags } = asked;
	const where = `${method} ${url}${path}`;
	const errors = errorsOf(body);
	const [first] = errors;
	if (status === 413)
		return new Failure('TOO_LARGE', 'The instance does not accept a request this large.', {
			where,
			advice: 'Raise MAX_PAYLOAD_SIZE on the instance (and the limit of a proxy in front of it), and try again.',
		});
	if (first === undefined && GATEWAY.includes(status)) return gatewayGaveUp(status, where, asked);
	if (first === undefined && body === undefined)
		return new Failure('NOT_DIRECTUS', `${url} did not answer like Directus' API (status ${status}).`, {
			where,
			advice: `Check the address (${flags.url}), and whether a proxy or a login page is in front of it.`,
		});
	const message = first?.message ?? `The request was answered with status ${status}.`;
	const more = { where, details: placesOf(errors), extensions: first?.extensions };
	if (status === 401 || first?.code === 'INVALID_CREDENTIALS')
		return new Failure('UNAUTHORISED', credentialMessage(first?.code, path), {
			where,
			advice: `Give the token of an admin with ${flags.token}, or an email and a password.`,
		});
	if (status === 403)
		return new Failure('FORBIDDEN', 'This user may not do that.', {
			where,
			advice: `Use the token of an admin (${flags.token}).`,
		});
	if (status === 404 && path.startsWith('/downstream/') && first?.code === 'ROUTE_NOT_FOUND' && isNoSuchRoute(message))
		return missingRoute(where, path, path === '/downstream/status' ? null : await probe(), url);
	return new RefusedFailure(status, first?.code ?? `STATUS_${status}`, message, more);
}

/** A refusal that a command may want to look into. */
export class RefusedFailure extends Failure {
	readonly status: number;
	/** What Directus' error says beside its message. */
	readonly extensions: Record<string, unknown>;

	constructor(
		status: number,
		code: string,
		message: string,
		more: { where: string; details: FailureDetail[]; extensions?: Record<string, unknown> | undefined },
	) {
		super(code, message, {
			where: more.where,
			details: more.details,
			advice: status >= 500 ? 'The log of Directus says more.' : adviceOn(code, more.extensions?.['push']),
		});
		this.status = status;
		this.extensions = more.extensions ?? {};
	}
}

/** What to do about another push that prevents this one. */
function adviceOn(code: string, push: unknown): string | null {
	if (typeof push !== 'string') return null;
	if (code === 'PUSH_BROKEN_OFF')
		return `"downstream revert ${push}" undoes it, "downstream revert ${push} --finish" completes it. Nothing was changed.`;
	return code === 'ANOTHER_PUSH' ? `"downstream show ${push}" shows it. Nothing was changed.` : null;
}

/** A remark with its place, in one line. */
export function remark({ file, path, message }: ConfigIssue, dump: DumpFolder): string {
	const place = file === null ? '' : [fromHere(dump, file), path].filter(Boolean).join(' ');
	return place === '' ? message : `${place}: ${message}`;
}

/** A refusal whose places are looked up in files. Other errors come back as they are. */
export function located(error: unknown, locate: (issue: ConfigIssue) => ConfigIssue, dump: DumpFolder): unknown {
	if (!(error instanceof RefusedFailure) || !Array.isArray(error.extensions['issues'])) return error;
	const issues = error.extensions['issues']
		.filter(isRecord)
		.map(({ file, path, code, message, suggestion }): ConfigIssue => ({
			file: typeof file === 'string' ? file : null,
			path: String(path ?? ''),
			code: String(code ?? ''),
			message: String(message),
			...(typeof suggestion === 'string' ? { suggestion } : {}),
		}));
	// The message tells the first issue, which is among the details.
	const summary = error.message
		.replace(/^Invalid payload\. \/bundle: .*$/s, 'The configuration cannot be used.')
		.replace(/: .*$/s, '.');
	return new Failure(error.code, issues.length > 0 ? summary : error.message, {
		where: error.where,
		details: detailsOf(issues.map(locate), dump),
		advice: 'Nothing was changed.',
		cause: error,
	});
}

/** Issues with their places: files, seen from the folder that the person is in. */
export const detailsOf = (issues: readonly ConfigIssue[], dump: DumpFolder | null = null): FailureDetail[] =>
	issues.map(({ file, path, message, suggestion }) => ({
		place: [file && dump ? fromHere(dump, file) : file, path].filter((part) => part).join(' '),
		message,
		hint: suggestion,
	}));

/** Where the files of a dump are. */
export interface DumpFolder {
	/** The folder that the person is in. */
	folder: string;
	dumpPath: string;
}

export const fromHere = ({ folder, dumpPath }: DumpFolder, file: string): string =>
	relative(folder, join(dumpPath, file));

interface DirectusError {
	message: string;
	code: string | undefined;
	extensions: Record<string, unknown>;
}

function errorsOf(body: unknown): DirectusError[] {
	if (!isRecord(body) || !Array.isArray(body['errors'])) return [];
	return body['errors'].filter(isRecord).map(({ message, extensions }) => {
		const known = isRecord(extensions) ? extensions : {};
		return {
			message: String(message),
			code: typeof known['code'] === 'string' ? known['code'] : undefined,
			extensions: known,
		};
	});
}

/** Directus' other errors, and the places that our endpoint lists. */
function placesOf(errors: DirectusError[]): FailureDetail[] {
	const issues = errors[0]?.extensions['issues'];
	const places = Array.isArray(issues)
		? issues.filter(isRecord).map(({ file, path, message, suggestion }) => ({
				place: [file, path].filter((part) => typeof part === 'string' && part !== '').join(' '),
				message: String(message),
				hint: typeof suggestion === 'string' ? suggestion : undefined,
			}))
		: [];
	return [...places, ...errors.slice(1).map(({ message }) => ({ place: '', message }))];
}

const isNoSuchRoute = (message: string) => !/^there is no /i.test(message);

function credentialMessage(code: string | undefined, path: string): string {
	if (code === 'TOKEN_EXPIRED') return 'The access token has expired.';
	if (code === 'INVALID_OTP') return 'This user needs a one-time password to log in.';
	return path === '/auth/login' ? 'The email or the password is wrong.' : 'The access token is not valid.';
}

function missingRoute(where: string, path: string, extension: { version: string } | null, url: string): Failure {
	if (extension)
		return new Failure('EXTENSION_TOO_OLD', `Downstream ${extension.version} on ${url} does not know ${path} yet.`, {
			where,
			advice: 'Update directus-extension-downstream there to the version of this command line, and restart Directus.',
		});
	return new Failure('EXTENSION_MISSING', `The Downstream extension is not installed on ${url}.`, {
		where,
		advice:
			'Run "npm install directus-extension-downstream" in the folder of that Directus (or put the package into its extensions folder), and restart it.',
	});
}
