import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { PROTOCOL } from '../core/sync/messages.js';
import { PeerError } from '../core/sync/peer-error.js';
import type { WireResponse } from '../core/wire.js';
import type { RemoteSource } from '../engine/stored.js';
import type { HttpClient } from './http.js';

/**
 * Asks the instance behind a remote source one of the questions that only instances ask each other.
 * @param question.answer what an answer looks like: anything else is none
 * @throws PeerError where no answer came, or one that refuses, or one that is not whole
 */
export async function askPeer<T>(
	source: Pick<RemoteSource, 'url' | 'apiKey' | 'options'>,
	question: { from: string; path: string; body: Record<string, unknown>; answer: z.ZodType<T> },
	http: HttpClient,
): Promise<T> {
	const { from, path, body } = question;
	const request = {
		...(await requestTo(source, path)),
		body: JSON.stringify({ protocol: PROTOCOL, from, ...body }),
	};
	const response = await answerTo(() => http.send(request, source.options?.timeout_ms ?? 60_000, PEER_ANSWER));
	const answer = readJson(response.body);
	const read = response.status >= 200 && response.status < 300 ? question.answer.safeParse(answer?.['data']) : null;
	if (read?.success) return read.data;
	throw refusalOf(response.status, answer, source.url);
}

/** Whether a Directus is there at all. Directus answers this without asking who wants to know. */
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
	throw refusalOf(response.status, readJson(response.body), source.url);
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
			...(key ? { authorization: `Bearer ${key}` } : {}),
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
const PEER_ANSWER = 16 * 1024 * 1024;

function readJson(body: string): Record<string, unknown> | null {
	try {
		const parsed: unknown = JSON.parse(body);
		return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
	} catch {
		return null;
	}
}

function refusalOf(status: number, answer: Record<string, unknown> | null, url: string): PeerError {
	const [first] = (answer?.['errors'] ?? []) as { message?: string; extensions?: { code?: string } }[];
	const said = first?.message ? `: ${first.message}` : '';
	if (status === 401)
		return new PeerError(
			'UNAUTHORIZED',
			`${url} does not know the token: make a new one for its Data Sync user`,
			status,
		);
	if (status === 404) {
		const code = first?.extensions?.code === 'ROUTE_NOT_FOUND' ? 'NO_EXTENSION' : 'NOT_THERE';
		return new PeerError(code, `there is no Downstream at ${url}, or an older one${said}`, status);
	}
	if (status >= 200 && status < 300)
		return new PeerError('ANSWER_UNREADABLE', `${url} gave an answer that is none of Downstream's`, status);
	return new PeerError(first?.extensions?.code ?? `HTTP_${status}`, `${url} answered ${status}${said}`, status);
}
