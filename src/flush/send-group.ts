import type { Verdict } from '../delivery/core/verdict.js';
import type { StoredAttempt } from '../delivery/stored.js';
import { tryOnce } from '../delivery/try-once.js';
import { withSignature } from '../kernel/core/signature.js';
import { currentTrace } from '../kernel/tracing.js';
import type { Adapter, AdapterTarget } from './adapters/adapter.js';
import { requestsOf } from './adapters/requests-of.js';
import type { SentWhole } from './divide-refused.js';
import type { FlushPorts } from './flush-ports.js';
import type { FlushTarget } from './flush-target.js';
import type { FlushGroup } from './group-deliveries.js';
import { unsigned } from './sign-requests.js';

/** How requests to a target are made. */
export interface FlushWay {
	target: FlushTarget;
	options: NonNullable<FlushTarget['options']>;
	adapter: Adapter;
	/** What the adapter needs to know of the target. */
	wire: AdapterTarget;
	signingSecrets: string[];
	/** What is masked in the history. */
	hidden: string[];
	ports: FlushPorts;
	send: FlushPorts['send'];
	/** Waits until the rate limit has a further request left, and takes it. */
	allowed: () => Promise<void>;
}

/** Sends a group as its adapter says: in one request, or in several one after the other. */
export async function sendWhole(
	{ batch, deliveries, changes }: FlushGroup,
	isFirst: boolean,
	{ target, options, adapter, wire, signingSecrets, hidden, ports, send, allowed }: FlushWay,
): Promise<SentWhole> {
	const attempts: StoredAttempt[] = [];
	let verdict: Verdict = { kind: 'delivered' };
	let held: number | null = null;
	let tooLarge = false;
	for (const [part, request] of requestsOf(adapter, changes, wire).entries()) {
		if (request.problem !== undefined) {
			verdict = { kind: 'failed', code: 'REQUEST_INVALID', message: request.problem, divisible: true };
			break;
		}
		// A receiver that drops ids it knows must not drop the second request of a group.
		const id = part === 0 ? batch : `${batch}-${part + 1}`;
		if (part > 0 || !isFirst) await allowed();
		const as = { ...adapter, id, secrets: signingSecrets, extra: options.headers };
		const trace = currentTrace();
		const traced = trace === null ? request : { ...request, headers: { ...request.headers, traceparent: trace } };
		const signed = withSignature(traced, as, ports.clock.now());
		const from = { target, timeoutMs: options.timeout_ms, hidden, judge: adapter.judge };
		const tried = await tryOnce(unsigned(signed, adapter), from, { batch, deliveries }, { ...ports, send });
		attempts.push(tried.attempt);
		ports.attempted(tried.attempt);
		[verdict, held] = [tried.verdict, tried.held];
		tooLarge = tried.response?.status === 413;
		if (verdict.kind !== 'delivered') break;
	}
	return { verdict, attempts, held, tooLarge };
}
