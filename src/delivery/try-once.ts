import type { Clock, Logger } from '../kernel/ports.js';
import { maskText, showRequest, showResponse } from '../kernel/core/mask.js';
import { plainText } from '../kernel/core/plain-text.js';
import { judgeStatus, untilRateLimitReset, type Verdict } from './core/verdict.js';
import type { TargetKind } from '../contract/vocabulary.js';
import type { WireRequest, WireResponse } from '../kernel/core/wire.js';
import type { StoredAttempt } from './stored.js';

/** Whom a request goes to, and what its history must not show. */
export interface RequestTo {
	target: { id: string; kind: TargetKind; name: string };
	timeoutMs: number;
	/** Secrets of the target. */
	hidden: string[];
	/** The verdict on an answer where it is not the status' alone. */
	judge(response: WireResponse, now: number): Verdict | null;
}

/** One request, its answer judged and kept for the history. Never throws for what the network does. */
export async function tryOnce(
	request: WireRequest,
	{ target, timeoutMs, hidden, judge }: RequestTo,
	{ batch, deliveries }: { batch: string; deliveries: { id: string }[] },
	ports: { clock: Clock; logger: Logger; send(request: WireRequest, timeoutMs: number): Promise<WireResponse> },
): Promise<{ attempt: StoredAttempt; verdict: Verdict; held: number | null; response: WireResponse | null }> {
	const { clock } = ports;
	const at = clock.now();
	let response: WireResponse | null = null;
	let verdict: Verdict;
	try {
		response = await ports.send(request, timeoutMs);
		// A verdict quotes the body's beginning: half a secret, cut off there, would not be recognised afterwards.
		const { location } = response.headers;
		const headers = location ? { ...response.headers, location: maskText(location, hidden) } : response.headers;
		const quotable = { ...response, headers, body: maskText(response.body, hidden) };
		verdict = judge(quotable, clock.now()) ?? judgeStatus(quotable, clock.now(), request.url);
		if (response.incomplete && verdict.kind === 'failed' && response.status < 300)
			verdict = { ...verdict, kind: 'retry', code: 'ANSWER_INCOMPLETE', retryAfterMs: null };
	} catch (error) {
		const {
			code = 'UNKNOWN',
			message = String(error),
			permanent = false,
		} = error as { code?: string; message?: string; permanent?: boolean };
		verdict = permanent ? { kind: 'failed', code, message } : { kind: 'retry', code, message, retryAfterMs: null };
	}
	const durationMs = clock.now() - at;
	const error =
		verdict.kind === 'delivered'
			? null
			: { code: plainText(verdict.code, 63), message: plainText(maskText(verdict.message, hidden), 2_000) };
	if (error && verdict.kind !== 'delivered') verdict = { ...verdict, ...error };
	const attempt: StoredAttempt = {
		id: clock.id(),
		batch,
		target: target.id,
		kind: target.kind,
		at,
		durationMs,
		outcome: verdict.kind,
		deliveries: deliveries.length,
		request: showRequest(request, hidden),
		response: response ? showResponse(response, hidden) : null,
		error,
	};
	ports.logger.debug(
		`[downstream] ${request.method} ${attempt.request.url} for "${target.name}": ${response?.status ?? error?.code ?? ''} in ${Math.round(durationMs)} ms, ${deliveries.length} deliveries, ${verdict.kind}`,
	);
	const asked = verdict.kind === 'retry' ? verdict.retryAfterMs : null;
	const held = asked ?? (response ? untilRateLimitReset(response.headers, clock.now()) : null);
	return { attempt, verdict, held, response };
}
