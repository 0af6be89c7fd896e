import type { Connection } from '../connection.js';
import { failureOf, Failure } from '../failure.js';
import type { RunCommand } from '../command.js';
import { count } from '../../kernel/core/count.js';

/** Waits until `GET /server/health` says that all is well, so many times in a row. */
export const waitServerReady: RunCommand = async ({ options, connection, progress, print }) => {
	const { interval, timeout, successes } = options.wait;
	const instance = connection();
	const began = Date.now();
	const until = began + timeout * 1000;
	let [inRow, tries, last] = [0, 0, ''];
	await progress.during(
		`Waiting for ${instance.url}`,
		async (step) => {
			for (;;) {
				tries++;
				last = await health(instance, Math.max(1_000, until - Date.now()));
				inRow = last === '' ? inRow + 1 : 0;
				if (inRow >= successes) return;
				if (Date.now() + interval * 1000 > until)
					throw new Failure('NOT_READY', `${instance.url} was not ready within ${count(timeout, 'second')}.`, {
						where: `GET ${instance.url}/server/health`,
						advice: 'Look into its log, or wait longer with --timeout.',
						details: last === '' ? [] : [{ place: 'last answer', message: last }],
					});
				step.update(`Waiting for ${instance.url}: ${last === '' ? `healthy ${inRow} of ${successes}` : last}`);
				await new Promise((resolve) => setTimeout(resolve, interval * 1000));
			}
		},
		() => `${instance.url} is ready.`,
	);
	print({ ready: true, url: instance.url, tries, waited_ms: Date.now() - began }, () => '');
	return 0;
};

/** Why it is not ready; empty if it is. */
async function health(instance: Connection, limit: number): Promise<string> {
	try {
		const token = instance.hasCredentials ? await instance.token() : null;
		const get = (path: string) =>
			instance.fetch(`${instance.url}${path}`, {
				headers: token === null ? {} : { Authorization: `Bearer ${token}` },
				signal: AbortSignal.timeout(Math.min(limit, 10_000)),
			});
		const response = await get('/server/health');
		// Directus 12 tells its health to admins only; that it listens, to everybody.
		if (token === null && [401, 403].includes(response.status))
			return (await get('/server/ping')).ok ? '' : `it answered ${response.status}`;
		const body = (await response.json().catch(() => ({}))) as { status?: unknown };
		if (response.ok && (body.status === 'ok' || body.status === 'warn')) return '';
		return typeof body.status === 'string' ? `its health is "${body.status}"` : `it answered ${response.status}`;
	} catch (error) {
		if (error instanceof Failure) return error.message;
		const { cause } = failureOf(error);
		const code = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
		return code instanceof Error && 'code' in code ? `no answer (${String(code.code)})` : 'no answer';
	}
}
