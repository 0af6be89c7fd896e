import type { Clock, Logger } from '../kernel/ports.js';
import { setTimeout as pause } from 'node:timers/promises';
import { planWithoutCredentials } from './core/secrets/hide-credentials.js';
import type { Plan } from '../contract/plan.js';
import type { PushProgress } from './ports.js';
import type { JobAnswer, JobStore, PushJob } from './tables/config-job-table.js';

/** Starting a job waits this long at most, in ms, for it to be stored: another push may keep the database busy. */
const WRITTEN_DOWN_MS = 1_000;
/** How often it is written down how far one is, and looked how far one of another node is. */
const EVERY_MS = 1_000;
/** How often it is looked how far one of this process is, in ms: of what is in memory, so that it costs nothing. */
const LOOK_MS = 25;
/** How many finished jobs a process remembers. */
const REMEMBERED = 20;

/**
 * Pushes as jobs: the work goes on in this process even when the client disconnects. This process answers questions about
 * it from memory, other processes from the job table.
 */
export function createPushJobs({ clock, logger, store }: { clock: Clock; logger: Logger; store: JobStore }) {
	const jobs = new Map<string, PushJob>();

	const complain = (error: unknown) =>
		logger.warn(`[downstream] a push could not be written down as a job: ${String(error)}`);

	async function run(job: PushJob, work: (tell: (now: PushProgress) => void) => Promise<JobAnswer>): Promise<void> {
		let keptAt = clock.now();
		job.answer = await work((now) => {
			Object.assign(job, now);
			if (!store.isOpenMeanwhile || clock.now() - keptAt < EVERY_MS) return;
			keptAt = clock.now();
			void store.further({ ...job }).catch(complain);
		});
		job.name = null;
		const ended = [...jobs.values()].filter(({ answer }) => answer !== null);
		for (const { id } of ended.slice(0, -REMEMBERED)) jobs.delete(id);
		await store.end({ ...job, answer: withoutCredentials(job.answer) }).catch(complain);
	}

	const find = async (id: string): Promise<PushJob | null> => jobs.get(id) ?? store.find(id);

	return {
		/** Begins with the work, which never throws, and gives the job's id. */
		async start(user: string | null, work: (tell: (now: PushProgress) => void) => Promise<JobAnswer>): Promise<string> {
			const job: PushJob = {
				id: clock.id(),
				at: clock.now(),
				user,
				stage: 'waiting',
				step: 0,
				of: 0,
				name: null,
				answer: null,
				lost: false,
			};
			jobs.set(job.id, job);
			const writtenDown = store.begin({ ...job }).catch(complain);
			await Promise.race([writtenDown, pause(WRITTEN_DOWN_MS)]);
			void writtenDown.then(() => run(job, work));
			return job.id;
		},

		find,

		/** A job as it is, and again whenever it has come further, until it has ended. */
		async *follow(id: string, signal: AbortSignal): AsyncGenerator<PushJob> {
			let before = '';
			while (!signal.aborted) {
				const job = await find(id);
				if (!job) return;
				const now = JSON.stringify([job.stage, job.step, job.name, job.answer !== null, job.lost]);
				if (now !== before) yield { ...job };
				before = now;
				if (job.answer !== null || job.lost) return;
				await pause(jobs.has(id) ? LOOK_MS : EVERY_MS, undefined, { signal }).catch(() => {});
			}
		},
	};
}

/** What is stored tells no credential; who follows it meanwhile has sent them. */
function withoutCredentials({ status, body }: JobAnswer): JobAnswer {
	const { data, errors, ...rest } = body as {
		data?: { plan?: Plan };
		errors?: { extensions?: { plan?: Plan } }[];
	};
	const hide = <Part extends { plan?: Plan }>(part: Part): Part =>
		part.plan ? { ...part, plan: planWithoutCredentials(part.plan) } : part;
	return {
		status,
		body: {
			...rest,
			...(data ? { data: hide(data) } : {}),
			...(errors ? { errors: errors.map((error) => ({ ...error, extensions: hide(error.extensions ?? {}) })) } : {}),
		},
	};
}
