import { PUSH_LOST } from '../contract/vocabulary.js';
import type { PushJob } from '../contract/answers/config.js';
import { isRecord } from '../kernel/core/is-record.js';
import { printable } from '../kernel/core/printable.js';
import type { Connection } from './connection.js';
import { Failure } from './failure.js';
import type { PushAnswer } from './push-answer.js';

/** How often it is asked again where an answer ended, or there was none, and how long, in ms. */
const AGAIN_MS = 500;
const PATIENCE_MS = 120_000;

/** Errors that say that no answer came, though the push may go on. */
const OUT_OF_SIGHT = new Set(['UNREACHABLE', 'TIMEOUT', 'GATEWAY', 'NOT_DIRECTUS', 'SERVICE_UNAVAILABLE']);

/** Told how far a push is, in words. */
export type TellProgress = (text: string) => void;

/**
 * Waits until a push has ended, however often the connection is cut meanwhile.
 *
 * @throws Failure as the push itself would have been refused
 */
export async function followPush(
	instance: Connection,
	{ job, path, tell }: { job: string; path: string; tell: TellProgress },
): Promise<PushAnswer> {
	const { push, warnings, error } = await endOf(instance, job, tell);
	if (push) return { ...push, warnings };
	if (error) throw await instance.refused(error.status, { errors: error.errors }, { method: 'POST', path });
	throw new Failure(PUSH_LOST.code, PUSH_LOST.message, {
		where: instance.url,
		advice: '"downstream history" lists the push; if it is not there, nothing was changed.',
	});
}

async function endOf(instance: Connection, job: string, tell: TellProgress): Promise<PushJob> {
	const path = `/downstream/config/jobs/${encodeURIComponent(job)}`;
	let silentSince: number | null = null;
	for (;;) {
		try {
			for await (const now of instance.follow<PushJob>(path)) {
				silentSince = null;
				if (['done', 'failed', 'lost'].includes(now.status)) return now;
				tell(describe(now));
			}
		} catch (error) {
			if (!(error instanceof Failure) || !OUT_OF_SIGHT.has(error.code)) throw error;
			silentSince ??= Date.now();
			if (Date.now() - silentSince > PATIENCE_MS)
				throw new Failure(error.code, `${error.message} The push may still go on.`, {
					where: `GET ${instance.url}${path}`,
					advice: '"downstream history" says how it ended.',
					cause: error,
				});
			tell('The connection was lost, the push goes on; asking again');
		}
		await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
	}
}

function describe({ status, step, of, name }: PushJob): string {
	if (status === 'waiting') return 'Waiting for another push to end';
	if (status === 'planning') return 'Planning';
	return `Step ${step + 1} of ${of}${name === null ? '' : `: ${printable(name)}`}`;
}

/** Whether an answer says that the push goes on as a job: an older extension answers when it is over. */
export const isJob = (data: unknown): data is { job: string } => isRecord(data) && typeof data['job'] === 'string';
