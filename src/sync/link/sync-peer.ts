import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { z } from 'zod';
import { LIMITS } from '../../../schema.js';
import { maskText, maskUrl, secretsOf } from '../../kernel/core/mask.js';
import { MOST_VALUES, PIECE, valuesInPiece } from '../../kernel/core/json-values.js';
import { isRecord } from '../../kernel/core/is-record.js';
import { PROTOCOL } from '../../contract/sync-messages.js';
import { keyHeaders } from '../core/link/remote-credential.js';
import { PeerError } from '../core/link/peer-error.js';
import type { WireResponse } from '../../kernel/core/wire.js';
import type { RemoteSource } from '../remote-source.js';
import type { HttpClient } from '../../kernel/http.js';

/**
 * Asks the instance behind a remote source one of the questions that only instances ask each other.
 * @param question.answer what an answer looks like: anything else is none
 * @throws PeerError where no answer came, or one that refuses, or one that is not whole
 */
export async function askPeer<T>(
	source: Pick<RemoteSource, 'url' | 'apiKey' | 'options'>,
	question: {
		from: string;
		path: string;
		body: Record<string, unknown>;
		answer: z.ZodType<T>;
		headers?: Record<string, string>;
		/** The body may be large, and the remote can unpack it. */
		packs?: true;
	},
	http: HttpClient,
): Promise<T> {
	const { from, path, body } = question;
	const made = await requestTo(source, path);
	const packed = question.packs ? { 'content-type': 'application/gzip' } : {};
	const request = {
		...made,
		headers: { ...made.headers, ...packed, ...question.headers },
		body: JSON.stringify({ protocol: PROTOCOL, from, ...body }),
		...(question.packs ? { gzip: true as const } : {}),
	};
	const response = await answerTo(() => http.send(request, source.options?.timeout_ms ?? 60_000, PEER_ANSWER));
	const shown = await shownBy(source);
	const answer = await readLarge(response.body, shown.withoutKeys);
	const read = response.status >= 200 && response.status < 300 ? question.answer.safeParse(answer?.['data']) : null;
	if (read?.success) return read.data;
	throw refusalOf(response.status, answer, shown);
}

/** Whether there is any Directus at the address. Its ping needs no token. */
export async function isDirectus(source: Pick<RemoteSource, 'url' | 'options'>, http: HttpClient): Promise<boolean> {
	const request = {
		method: 'GET',
		url: `${source.url}/server/ping`,
		headers: { ...source.options?.headers },
		body: null,
	};
	try {
		const { status, body } = await http.send(request, source.options?.timeout_ms ?? 60_000);
		return status === 200 && body.trim() === 'pong';
	} catch {
		return false;
	}
}

/**
 * Sends a file's bytes to the instance behind a remote source, which digests them anew.
 * @throws PeerError where they were not taken
 */
export async function sendFile(
	source: Pick<RemoteSource, 'url' | 'apiKey' | 'options'>,
	{ from, file, sha256, bytes }: { from: string; file: string; sha256: string; bytes: Readable },
	http: HttpClient,
): Promise<void> {
	const query = new URLSearchParams({ protocol: String(PROTOCOL), from, file, sha256 });
	const request = await requestTo(source, `files?${query}`);
	const response = await answerTo(() => http.upload(request, bytes, FILE_TIMEOUT_MS));
	if (response.status >= 200 && response.status < 300) return;
	throw refusalOf(response.status, readJson(response.body), await shownBy(source));
}

async function requestTo({ url, apiKey, options }: Pick<RemoteSource, 'url' | 'apiKey' | 'options'>, path: string) {
	const key = await apiKey();
	return {
		method: 'POST',
		url: `${url}/downstream/sync/${path}`,
		headers: {
			...options?.headers,
			// Directus reads JSON by itself, and no more of it than MAX_PAYLOAD_SIZE.
			'content-type': 'application/octet-stream',
			...keyHeaders(key, options?.headers),
		},
	};
}

async function answerTo(send: () => Promise<WireResponse>): Promise<WireResponse> {
	try {
		return await send();
	} catch (error) {
		const { code = 'UNREACHABLE', message } = error as { code?: string; message: string };
		throw new PeerError(code, message, null);
	}
}

/** Big files take their time. */
const FILE_TIMEOUT_MS = 600_000;

/** What an instance may answer at once: it is trusted more than a web site, and has more to say. */
export const PEER_ANSWER = 16 * 1024 * 1024;

/** Reads a large answer in steps, so that other work is not delayed; null if it has more values than our answers ever have. */
async function readLarge(body: string, change: (text: string) => string): Promise<Record<string, unknown> | null> {
	let values = 0;
	for (let from = 0; from < body.length; from += PIECE) {
		if (from > 0) await setImmediate();
		values += valuesInPiece(body, from);
		if (values > MOST_VALUES) return null;
	}
	const text = change(body);
	if (body.length > PIECE) await setImmediate();
	const answer = readJson(text);
	if (body.length > PIECE) await setImmediate();
	return answer;
}

function readJson(body: string): Record<string, unknown> | null {
	try {
		const parsed: unknown = JSON.parse(body);
		return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
	} catch {
		return null;
	}
}

/** Shorter keys could be part of an ordinary answer. */
const KEY_LENGTH = 12;

/** Masks our keys, which the remote knows, in its address and its answers. */
async function shownBy(source: Pick<RemoteSource, 'url' | 'apiKey' | 'options'>) {
	const secrets = secretsOf(source, { apiKey: await source.apiKey(), signing: [] });
	const keys = secrets.filter((secret) => secret.length >= KEY_LENGTH);
	return {
		url: maskUrl(source.url),
		mask: (text: string) => maskText(text, secrets),
		/** For whole answers, since names and types are shown too. */
		withoutKeys: (answer: string) => maskText(answer, keys),
	};
}

function refusalOf(
	status: number,
	answer: Record<string, unknown> | null,
	{ url, mask }: Awaited<ReturnType<typeof shownBy>>,
): PeerError {
	const { message, code: given } = firstError(answer);
	const said = message === null ? '' : `: ${mask(message)}`;
	if (given === 'UNKNOWN_CREDENTIAL')
		return new PeerError('UNKNOWN_CREDENTIAL', `${url} does not let this instance in${said}`, status);
	if (status === 401)
		return new PeerError(
			'UNAUTHORIZED',
			`${url} does not know the token: make a new one for its Data Sync user`,
			status,
		);
	if (status === 404) {
		const code = given === 'ROUTE_NOT_FOUND' ? 'NO_EXTENSION' : 'NOT_THERE';
		return new PeerError(code, `there is no Downstream at ${url}, or an older one${said}`, status);
	}
	if (status >= 200 && status < 300)
		return new PeerError('ANSWER_UNREADABLE', `${url} gave an answer that is none of Downstream's`, status);
	return new PeerError(given === null ? `HTTP_${status}` : mask(given), `${url} answered ${status}${said}`, status);
}

/** The first error of an answer, as far as it is text: the answer may come from anything. */
function firstError(answer: Record<string, unknown> | null): { message: string | null; code: string | null } {
	const errors = answer?.['errors'];
	const first: unknown = Array.isArray(errors) ? errors[0] : null;
	const { message, extensions } = isRecord(first) ? first : {};
	const code = isRecord(extensions) ? extensions['code'] : null;
	return {
		message: typeof message === 'string' && message !== '' ? message.slice(0, LIMITS.template) : null,
		code: typeof code === 'string' && code !== '' ? code.slice(0, 63) : null,
	};
}
