import type { Adapter } from '../core/adapters/adapter.js';
import { maskText, showRequest, showResponse } from '../core/mask.js';
import { judgeStatus, untilRateLimitReset, type Verdict } from '../core/verdict.js';
import type { WireRequest, WireResponse } from '../core/wire.js';
import type { Clock, Logger } from './ports.js';
import type { FlushTarget, StoredAttempt } from './stored.js';

/** One request, its answer judged and kept for the history. Never throws for what the network does. */
export async function tryOnce(
	adapter: Adapter,
	request: WireRequest,
	{
		target,
		options,
		secrets,
	}: { target: FlushTarget; options: { timeout_ms: number }; secrets: { apiKey: string | null; signing: string[] } },
	{ batch, deliveries }: { batch: string; deliveries: { id: string }[] },
	doors: { clock: Clock; logger: Logger; send(request: WireRequest, timeoutMs: number): Promise<WireResponse> },
): Promise<{ attempt: StoredAttempt; verdict: Verdict; held: number | null }> {
	const { clock } = doors;
	const at = clock.now();
	const hidden = [...(secrets.apiKey ? [secrets.apiKey] : []), ...secrets.signing];
	let response: WireResponse | null = null;
	let verdict: Verdict;
	try {
		response = await doors.send(request, options.timeout_ms);
		// A verdict quotes the body's beginning: half a secret, cut off there, would not be recognised afterwards.
		const quotable = { ...response, body: maskText(response.body, hidden) };
		verdict = adapter.judge(quotable, clock.now()) ?? judgeStatus(quotable, clock.now());
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
			: { code: verdict.code, message: showResponse({ status: 0, headers: {}, body: verdict.message }, hidden).body };
	if (error && verdict.kind !== 'delivered') verdict = { ...verdict, message: error.message };
	const attempt: StoredAttempt = {
		id: clock.id(),
		batch,
		target: target.id,
		kind: 'flush',
		at,
		durationMs,
		outcome: verdict.kind,
		deliveries: deliveries.length,
		request: showRequest(request, hidden),
		response: response ? showResponse(response, hidden) : null,
		error,
	};
	doors.logger.debug(
		`[downstream] ${request.method} ${attempt.request.url} for "${target.name}": ${response?.status ?? error?.code ?? ''} in ${Math.round(durationMs)} ms, ${deliveries.length} deliveries, ${verdict.kind}`,
	);
	const asked = verdict.kind === 'retry' ? verdict.retryAfterMs : null;
	return { attempt, verdict, held: asked ?? (response ? untilRateLimitReset(response.headers, clock.now()) : null) };
}
