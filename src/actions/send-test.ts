import type { FlushChange } from '../core/adapters/adapter.js';
import { adapters } from '../core/adapters/index.js';
import { withSignature } from '../core/signature.js';
import { tryOnce } from '../engine/try-once.js';
import type { FlushTarget, StoredAttempt } from '../engine/stored.js';
import type { Runtime } from '../runtime.js';
import { insertAttempts } from '../tables/attempt-table.js';
import { recordOperation } from '../tables/operation-table.js';

/** What a test came to: the request as it went out, secrets masked, and its answer. */
export interface TestResult {
	/** The id under which it is in the history. */
	delivery: string;
	delivered: boolean;
	outcome: StoredAttempt['outcome'] | 'nothing';
	duration_ms: number;
	request: StoredAttempt['request'] | null;
	response: StoredAttempt['response'];
	error: StoredAttempt['error'];
}

/** Sends one request that changes nothing at the target, signed like any other, and keeps it in the history. */
export async function sendTest(runtime: Runtime, target: FlushTarget, user: string | null): Promise<TestResult> {
	const { clock } = runtime;
	if (!target.options) throw new Error('a target with invalid options cannot be tested');
	const adapter = adapters[target.adapter];
	const secrets = await target.secrets();
	const wire = { url: target.url, authHeader: target.authHeader, apiKey: secrets.apiKey, options: target.options };
	const change: FlushChange = {
		collection: 'downstream',
		event: 'test',
		item: 'test',
		fields: { id: 'test' },
		previous: null,
		tags: ['downstream-test'],
		paths: [],
		timestamp: clock.now(),
	};
	const id = clock.id();
	const [request] = adapter.requests([change], wire);
	if (!request)
		return {
			delivery: id,
			delivered: false,
			outcome: 'nothing',
			duration_ms: 0,
			request: null,
			response: null,
			error: {
				code: 'NO_REQUEST',
				message: `with these options the adapter ${target.adapter} has nothing to send for a test`,
			},
		};
	const signed = withSignature(
		request,
		{ signs: adapter.signs, id: id, secrets: secrets.signing, extra: target.options.headers },
		clock.now(),
	);
	const hidden = [...(secrets.apiKey ? [secrets.apiKey] : []), ...secrets.signing];
	const { attempt, verdict } = await tryOnce(
		signed,
		{ target, timeoutMs: target.options.timeout_ms, hidden, judge: adapter.judge },
		{ batch: id, deliveries: [{ id }] },
		{ send: runtime.http.send, clock, logger: runtime.logger },
	);
	await record(runtime, { id, user, attempt });
	return {
		delivery: id,
		delivered: verdict.kind === 'delivered',
		outcome: attempt.outcome,
		duration_ms: attempt.durationMs,
		request: attempt.request,
		response: attempt.response,
		error: attempt.error,
	};
}

async function record(
	{ database }: Runtime,
	{ id, user, attempt }: { id: string; user: string | null; attempt: StoredAttempt },
): Promise<void> {
	const { at, target } = attempt;
	await database.transaction(async (transaction) => {
		await transaction('downstream_deliveries').insert({
			id,
			kind: 'flush',
			target,
			// A test that failed is told at once; it is not something that waits to be retried.
			status: attempt.outcome === 'delivered' ? 'delivered' : 'cancelled',
			collection: 'downstream',
			item: 'test',
			event: 'test',
			reason: 'a test by hand',
			changed_at: at,
			created_at: at,
			next_at: at,
			delivered_at: at + Math.round(attempt.durationMs),
			tries: 1,
			batch: id,
			batches: id,
			error_code: attempt.error?.code.slice(0, 64) ?? null,
			error_message: attempt.error?.message ?? null,
			user,
		});
		await insertAttempts(transaction, [attempt]);
		await recordOperation(transaction, {
			id: attempt.id,
			at,
			user,
			action: 'test',
			target,
			detail: { outcome: attempt.outcome },
		});
	});
}
