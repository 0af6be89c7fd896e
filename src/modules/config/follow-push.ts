import { PUSH_LOST } from '../../contract/vocabulary.js';
import type { PushJob } from '../../contract/answers/config.js';
import type { ConfigIssue } from '../../contract/plan.js';
import type { PushAnswer, PushProgress } from './config-endpoint.js';

const EVERY_MS = 500;
/** How often in a row nobody may answer, while the network or Directus is away. */
const PATIENCE = 240;

/** Asks for a job until it has ended; throws as the push itself would have been refused. */
export async function followPush(
	look: () => Promise<{ data: PushJob }>,
	tell: (now: PushProgress) => void,
): Promise<{ data: Omit<PushAnswer, 'warnings'>; meta: { warnings: ConfigIssue[] } }> {
	for (let silent = 0; ;) {
		const job = await look().then(
			({ data }) => data,
			(thrown: unknown) => {
				const { response } = thrown as { response?: { status: number } };
				const isAway = !response || response.status >= 502;
				if (!isAway || ++silent > PATIENCE) throw thrown;
				return null;
			},
		);
		if (job) silent = 0;
		if (job?.push) return { data: job.push, meta: { warnings: job.warnings } };
		if (job?.error) throw Object.assign(new Error(), { response: { status: job.error.status, data: job.error } });
		if (job?.status === 'lost') throw Object.assign(new Error(), { response: { status: 500, data: LOST } });
		if (job) tell({ step: job.step, of: job.of, name: job.name });
		await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
	}
}

const LOST = { errors: [{ message: PUSH_LOST.message, extensions: { code: PUSH_LOST.code } }] };
