import { performance } from 'node:perf_hooks';
import { isRecord } from '../kernel/core/is-record.js';
import type { ClientConfig } from './client-config.js';
import { isBusy, readJson, retryAfter, type Answer } from './answer.js';
import { queryText, readUrl } from './address.js';
import { Failure } from './failure.js';
import { linesOf } from './follow-lines.js';
import type { Fetching } from './proxy.js';
import { redirected, refusal, unreachable, type RefusedRequest } from './request-failures.js';

/** What every command asks of an instance. */
export interface Connection {
	/** Without a slash at its end. */
	url: string;
	/**
	 * One request; gives the whole JSON of the answer, or its text.
	 *
	 * @param path with a slash in front, such as `/downstream/status`
	 * @throws Failure that says what is wrong and what to do
	 */
	ask<T>(method: Method, path: string, request?: RequestOptions): Promise<T>;
	/** Gives the answer's `data`. */
	data<T>(method: Method, path: string, request?: RequestOptions): Promise<T>;
	/**
	 * The `data` of an answer that goes on, piece by piece; of an instance that answers once, only that.
	 *
	 * @throws Failure as `ask` does
	 */
	follow<T>(path: string): AsyncIterable<T>;
	/** What an answer means that was given to a request of before. */
	refused(status: number, body: unknown, asked: { method: string; path: string }): Promise<Failure>;
	/** The token that requests are made with. */
	token(): Promise<string | null>;
	/** Whether there is something to log in with. */
	hasCredentials: boolean;
	/** For requests that are none of these. */
	fetch: typeof fetch;
	/** How many requests were made, logging in included. */
	requests(): number;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface RequestOptions {
	/** Lists of words and numbers go separated by commas, objects as JSON; undefined ones not at all. */
	query?: Record<string, unknown> | undefined;
	body?: unknown;
	headers?: Record<string, string> | undefined;
	/** In ms. */
	timeout?: number | undefined;
	/** As text, whatever it is. */
	asText?: boolean | undefined;
	/** As bytes, whatever they are. */
	asBytes?: boolean | undefined;
	/** Whether it may be repeated and writes nothing that matters, though it is a POST. */
	isRead?: boolean | undefined;
}

export interface ConnectionSettings {
	login: Login;
	/** For messages: how this instance's address and credentials are given. */
	flags: { url: string; token: string };
	client: ClientConfig;
	fetching: Fetching;
	/** In ms; of a request that says nothing else. */
	timeout: number | null;
	/** Told every request, if asked for. */
	debug: ((line: string) => void) | null;
	/** Told what must never be printed. */
	secret: (value: string) => void;
}

const DEFAULT_TIMEOUT = 60_000;
/** Tries of a read that the instance was too busy for, and the pause before each further one, in ms. */
const BUSY_PAUSES = [500, 1_500, 4_000];

/**
 * Prepares the way to an instance; nothing is sent before the first request. With email and password it logs in then.
 *
 * @throws Failure where the address or the credentials are missing or make no sense
 */
export function connect(settings: ConnectionSettings): Connection {
	const { login, client } = settings;
	const url = readUrl(login.url, settings.flags.url);
	const sender = createSender(settings);
	for (const value of [login.token, login.password]) if (value !== null) settings.secret(value);
	const readToken = createToken(settings, url, exchange);

	async function exchange<T>(method: Method, path: string, options: RequestOptions, bearer: string | null): Promise<T> {
		const isRead = options.isRead ?? method === 'GET';
		const address = `${url}${path}${queryText(options.query)}`;
		let request = requestOf(method, options, bearer);
		if (client.restConfig?.credentials) request.credentials = client.restConfig.credentials;
		if (client.restConfig?.onRequest) request = await client.restConfig.onRequest(request);
		for (let tries = 0; ; tries++) {
			const began = performance.now();
			const limit = options.timeout ?? settings.timeout ?? DEFAULT_TIMEOUT;
			const answer = await sender.send(address, request, limit, { method, path, url, isRead });
			settings.debug?.(
				`${method} ${address} → ${answer.status}, ${Math.round(performance.now() - began)} ms, ${answer.bytes.byteLength} bytes`,
			);
			const pause = BUSY_PAUSES[tries];
			if (isBusy(answer, isRead) && pause !== undefined) {
				await new Promise((resolve) => setTimeout(resolve, answer.retryAfter ?? pause));
				continue;
			}
			return (await readAnswer(answer, options, { method, path, url, flags: settings.flags }, request, {
				client,
				probe,
			})) as T;
		}
	}

	/** What the extension says about itself, or null where there is none: for a message that helps. */
	async function probe(): Promise<{ version: string } | null> {
		try {
			const answer = await exchange<{ data: unknown }>(
				'GET',
				'/downstream/status',
				{ timeout: 5_000 },
				await readToken(),
			);
			return isRecord(answer.data) ? { version: String(answer.data['version']) } : null;
		} catch {
			return null;
		}
	}

	const ask: Connection['ask'] = async (method, path, options = {}) =>
		exchange(method, path, options, await readToken());
	return {
		url,
		ask,
		async data<T>(method: Method, path: string, options?: RequestOptions) {
			const answer = await ask<unknown>(method, path, options);
			if (isRecord(answer) && 'data' in answer) return answer['data'] as T;
			throw new Failure('STRANGE_ANSWER', 'The answer has no "data".', { where: `${method} ${url}${path}` });
		},
		follow: (path) => follow(path, { settings, sender, url, readToken, probe }),
		refused: (status, body, asked) => refusal(status, body, { ...asked, url, flags: settings.flags }, probe),
		token: readToken,
		fetch: sender.fetchIt,
		hasCredentials: login.token !== null || (login.email !== null && login.password !== null),
		requests: sender.requests,
	};
}

type Exchange = <T>(method: Method, path: string, options: RequestOptions, bearer: string | null) => Promise<T>;
type Probe = () => Promise<{ version: string } | null>;

/** The token of an instance; with email and password it logs in the first time. */
function createToken({ login, flags, secret }: ConnectionSettings, url: string, exchange: Exchange) {
	let token: Promise<string | null> | null = null;

	async function logIn(): Promise<string | null> {
		if (login.token !== null) return login.token;
		if (login.email === null || login.password === null)
			throw new Failure('NO_CREDENTIALS', 'No access token was given.', {
				where: url,
				advice: `Give the token of an admin with ${flags.token}, or an email and a password.`,
			});
		const body = { email: login.email, password: login.password, mode: 'json' };
		const answer = await exchange<{ data: { access_token: string } }>(
			'POST',
			'/auth/login',
			{ body, isRead: true },
			null,
		);
		const { data } = answer;
		secret(data.access_token);
		return data.access_token;
	}

	return () =>
		(token ??= logIn().catch((error: unknown) => {
			// It may go better the next time.
			token = null;
			throw error;
		}));
}

/** Makes requests, and counts them. */
function createSender({ client, fetching, flags, debug }: ConnectionSettings) {
	const fetchIt = client.clientOptions?.globals?.fetch ?? fetching.fetch;
	const named = { flag: flags.url, proxies: fetching.proxies };
	let requests = 0;
	const fetchCounted: typeof fetch = (address, request) => {
		requests++;
		return fetchIt(address, request);
	};

	async function send(
		address: string,
		request: RequestInit,
		limit: number,
		asked: { method: Method; path: string; url: string; isRead: boolean },
	): Promise<Answer> {
		try {
			const response = await fetchCounted(address, {
				...request,
				// Followed, most redirects would make a GET of it, without its body.
				...(asked.method === 'GET' ? {} : { redirect: 'manual' as const }),
				signal: AbortSignal.timeout(limit),
			});
			if (response.status >= 300 && response.status < 400) throw redirected(response, asked.url, flags.url);
			return {
				status: response.status,
				type: response.headers.get('content-type') ?? '',
				retryAfter: retryAfter(response.headers.get('retry-after')),
				bytes: await response.arrayBuffer(),
			};
		} catch (error) {
			if (error instanceof Failure) throw error;
			debug?.(`${asked.method} ${address} → no answer`);
			throw unreachable(error, { ...asked, limit, ...named });
		}
	}

	return { send, fetchIt, fetchCounted, named, requests: () => requests };
}

async function readAnswer(
	answer: Answer,
	options: RequestOptions,
	asked: RefusedRequest,
	request: RequestInit,
	{ client, probe }: Pick<ConnectionSettings, 'client'> & { probe: Probe },
): Promise<unknown> {
	const isFine = answer.status >= 200 && answer.status < 300;
	if (isFine && options.asBytes) return answer.bytes;
	const text = new TextDecoder().decode(answer.bytes);
	if (!isFine) throw await refusal(answer.status, readJson(text), asked, probe);
	if (options.asText || answer.status === 204 || text === '') return text;
	const json = readJson(text);
	if (json === undefined) throw await refusal(answer.status, undefined, asked, probe);
	return client.restConfig?.onResponse ? client.restConfig.onResponse(json, request) : json;
}

interface Following {
	settings: ConnectionSettings;
	sender: ReturnType<typeof createSender>;
	url: string;
	readToken(): Promise<string | null>;
	probe: Probe;
}

async function* follow<T>(path: string, { settings, sender, url, readToken, probe }: Following): AsyncGenerator<T> {
	const { client, flags } = settings;
	const limit = settings.timeout ?? DEFAULT_TIMEOUT;
	const asked = { method: 'GET' as const, path, url };
	let request = requestOf('GET', { headers: { Accept: 'application/x-ndjson, application/json' } }, await readToken());
	if (client.restConfig?.onRequest) request = await client.restConfig.onRequest(request);
	const silent = new AbortController();
	const patience = setTimeout(() => silent.abort(), limit);
	try {
		const response = await sender.fetchCounted(`${url}${path}`, { ...request, signal: silent.signal });
		if (!response.ok || !response.body || !response.headers.get('content-type')?.includes('ndjson')) {
			const status = { status: response.status, type: '', retryAfter: null, bytes: await response.arrayBuffer() };
			const answer = await readAnswer(status, {}, { ...asked, flags }, request, { client, probe });
			return void (yield (answer as { data: T }).data);
		}
		for await (const line of linesOf(response.body as unknown as AsyncIterable<Uint8Array>)) {
			patience.refresh();
			yield (JSON.parse(line) as { data: T }).data;
		}
	} catch (error) {
		throw error instanceof Failure ? error : unreachable(error, { ...asked, isRead: true, limit, ...sender.named });
	} finally {
		clearTimeout(patience);
	}
}

function requestOf(method: Method, { body, headers = {} }: RequestOptions, token: string | null): RequestInit {
	const request: RequestInit & { headers: Record<string, string> } = {
		method,
		headers: { ...(token === null ? {} : { Authorization: `Bearer ${token}` }), ...headers },
	};
	if (body === undefined) return request;
	if (body instanceof FormData || body instanceof Uint8Array) request.body = body as BodyInit;
	else {
		request.headers['Content-Type'] ??= 'application/json';
		request.body = JSON.stringify(body);
	}
	return request;
}

/** An instance, and how to log in to it. */
export interface Login {
	url: string | null;
	token: string | null;
	email: string | null;
	password: string | null;
}
