import { createHash } from 'node:crypto';
import { z } from 'zod';
import { LIMITS } from '../../schema.js';
import { MASK } from '../contract/vocabulary.js';
import { plainText } from '../kernel/core/plain-text.js';
import type { Clock } from '../kernel/ports.js';
import type { WireRequest, WireResponse } from '../kernel/core/wire.js';
import type { Adapter, AdapterTarget, TokenRequest } from './adapters/adapter.js';

type Send = (request: WireRequest, timeoutMs: number) => Promise<WireResponse>;

/**
 * Sends requests of an adapter that signs them at that moment, asking for an access token first where it needs one. What
 * goes wrong on the way is thrown, as by a request that gets no answer, so that it is an attempt like any other.
 * @param hidden the secrets of the target; what is learnt on the way is added
 */
export function signing(
	{ sign, token }: Adapter,
	wire: AdapterTarget,
	{ send, clock, hidden }: { send: Send; clock: Clock; hidden: string[] },
): Send {
	if (!sign) return send;
	return async (request, timeoutMs) => {
		const at = { now: clock.now(), nonce: clock.id() };
		const asked = token?.(wire, at) ?? null;
		const access = asked && (await accessToken(asked, wire.apiKey ?? '', timeoutMs, { send, now: () => clock.now() }));
		if (access && !hidden.includes(access)) hidden.push(access);
		const response = await send(await sign(request, wire, { ...at, token: access }), timeoutMs);
		if (asked && response.status === 401) known.delete(nameOf(asked, wire.apiKey ?? ''));
		return response;
	};
}

/** A request that is signed later, as it is shown. */
export const unsigned = (request: WireRequest, { sign }: Pick<Adapter, 'sign'>): WireRequest =>
	sign ? { ...request, headers: { ...request.headers, authorization: MASK } } : request;

/** Access tokens by what they were asked for; one lasts about an hour. Few, as there is one for each target. */
const known = new Map<string, { token: string; until: number }>();
const MOST_KNOWN = 500;

/** Not the body: a signed one is different each time. */
const nameOf = ({ request }: TokenRequest, apiKey: string): string =>
	createHash('sha256')
		.update(JSON.stringify([request.url, apiKey]))
		.digest('base64');

const answer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().default(300) });

async function accessToken(
	asked: TokenRequest,
	apiKey: string,
	timeoutMs: number,
	{ send, now }: { send: Send; now: () => number },
): Promise<string> {
	const name = nameOf(asked, apiKey);
	const held = known.get(name);
	if (held && held.until > now()) return held.token;
	const response = await send(asked.request, timeoutMs);
	const read = answer.safeParse(readJson(response.body));
	if (response.status !== 200 || !read.success) throw refusal(response, asked);
	// Forgotten a minute early: it must still hold when the request arrives.
	const until = now() + Math.min(read.data.expires_in * 1000, LIMITS.holdMost) - 60_000;
	if (known.size >= MOST_KNOWN) known.clear();
	known.set(name, { token: read.data.access_token, until });
	return read.data.access_token;
}

function refusal({ status, body }: WireResponse, { check, request }: TokenRequest): Error {
	const permanent = [400, 401, 403, 404].includes(status);
	const said = plainText(body.slice(0, 2_000), 200);
	const message = `${new URL(request.url).host} gave no access token (${status}${said ? `: ${said}` : ''})${permanent ? `: ${check}` : ''}`;
	return Object.assign(new Error(message), { code: permanent ? 'TOKEN_REFUSED' : `TOKEN_HTTP_${status}`, permanent });
}

function readJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
