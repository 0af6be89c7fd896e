import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { bundle, type Bundle } from '../core/config/bundle.js';
import { plan, type Plan } from '../core/config/plan-shape.js';
import { isRecord } from '../core/is-record.js';
import { Failure } from './failure.js';

/** A plan as a file keeps it: with the instance that it is for, and how it was made. */
const planFile = z.strictObject({
	downstream_plan: z.literal(1),
	/** The instance that it was computed for. */
	url: z.string(),
	/** Where the configuration came from. */
	source: z.string(),
	/** What else was said when it was made; a push says the same again. */
	asked: z.record(z.string(), z.unknown()),
	plan,
	/** What the instance shall become; checked again by the instance, before it does anything. */
	bundle,
});
export type PlanFile = z.output<typeof planFile>;

export const planText = (file: Omit<PlanFile, 'downstream_plan'>): string =>
	`${JSON.stringify({ downstream_plan: 1, ...file }, null, '\t')}\n`;

export interface ReadPlan {
	plan: Plan;
	asked: Record<string, unknown>;
	/** null where only the plan itself is known. */
	url: string | null;
	bundle: Bundle | null;
}

/**
 * Reads what `--plan-out` wrote; also a plan by itself, as the endpoint gives it.
 *
 * @throws Failure where it is no plan, or of a newer version
 */
export async function readPlanFile(file: string): Promise<ReadPlan> {
	const text = await readFile(file, 'utf8').catch((cause: unknown) => {
		throw new Failure('NO_PLAN', 'The plan cannot be read.', {
			where: file,
			advice: 'Write one with "downstream diff --plan-out".',
			cause,
		});
	});
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (cause) {
		throw new Failure('INVALID_PLAN', 'The plan is not valid JSON.', { where: file, cause });
	}
	const isBare = isRecord(json) && 'changes' in json;
	const parsed = isBare ? plan.safeParse(json) : planFile.safeParse(json);
	if (!parsed.success)
		throw new Failure('INVALID_PLAN', 'This file is no plan, or one of another version.', {
			where: file,
			details: parsed.error.issues
				.slice(0, 20)
				.map(({ path, message }) => ({ place: path.map((part) => `/${String(part)}`).join(''), message })),
			advice: 'Write it again with "downstream diff --plan-out".',
		});
	if (!('plan' in parsed.data)) return { plan: parsed.data, asked: {}, url: null, bundle: null };
	return parsed.data;
}
