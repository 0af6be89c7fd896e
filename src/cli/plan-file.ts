import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { bundle, type Bundle } from '../contract/bundle.js';
import { plan, type Plan } from '../contract/plan.js';
import { fillText, mapTexts, missingSecrets, referenceTo, refers } from '../config/core/secrets/secret-references.js';
import { isRecord } from '../kernel/core/is-record.js';
import { Failure } from './failure.js';

/** A plan as a file keeps it: with the instance that it is for, and how it was made. */
const planFile = z.strictObject({
	downstream_plan: z.literal(1),
	/** The instance that it was computed for. */
	url: z.string(),
	/** Where the configuration came from. */
	source: z.string(),
	/** The options that it was made with; a push sends the same ones. */
	asked: z.record(z.string(), z.unknown()),
	plan,
	/** The configuration that the plan leads to; the instance checks it again before it writes. */
	bundle,
});
export type PlanFile = z.output<typeof planFile>;

export const planText = (file: Omit<PlanFile, 'downstream_plan'>): string =>
	`${JSON.stringify({ downstream_plan: 1, ...file }, null, '\t')}\n`;

/** Puts references in the place of secrets. */
export function withoutSecrets<File>(file: File, secrets: ReadonlyMap<string, string>): File {
	return mapTexts(file, (text) => {
		let safe = text;
		for (const [name, secret] of secrets) if (secret !== '') safe = safe.replaceAll(secret, () => referenceTo(name));
		return safe;
	}) as File;
}

/** Puts the secrets of the environment in the place of references. */
function withSecrets(text: string, valueOf: (name: string) => string | undefined, file: string): unknown {
	const filled = mapTexts(JSON.parse(text), (one) => (refers(one) ? fillText(one, valueOf) : one));
	const missing = missingSecrets(filled);
	if (missing.length === 0) return filled;
	throw new Failure('MISSING_SECRET', 'The plan needs secrets that are not in the environment.', {
		where: file,
		details: missing.map((name) => ({ place: name, message: 'is not set' })),
		advice: 'Set them, or put them into .env, and push again. Nothing was changed.',
	});
}

export interface ReadPlan {
	plan: Plan;
	asked: Record<string, unknown>;
	/** null where only the plan itself is known. */
	url: string | null;
	bundle: Bundle | null;
	/** Where the configuration came from. */
	source: string | null;
}

/**
 * Reads what `--plan-out` wrote; also a plan by itself, as the endpoint gives it.
 *
 * @param valueOf what the environment has for the secrets that it names; null where it is only looked at
 *
 * @throws Failure where it is no plan, or of a newer version
 */
export async function readPlanFile(
	file: string,
	valueOf: ((name: string) => string | undefined) | null,
): Promise<ReadPlan> {
	const text = await readFile(file, 'utf8').catch((cause: unknown) => {
		throw new Failure('NO_PLAN', 'The plan cannot be read.', {
			where: file,
			advice: 'Write one with "downstream diff --plan-out".',
			cause,
		});
	});
	let json: unknown;
	try {
		json = valueOf ? withSecrets(text, valueOf, file) : JSON.parse(text);
	} catch (cause) {
		if (cause instanceof Failure) throw cause;
		throw new Failure('INVALID_PLAN', 'The plan is not valid JSON.', { where: file, cause });
	}
	const isBare = isRecord(json) && 'changes' in json;
	const parsed = isBare ? plan.safeParse(json) : planFile.safeParse(json);
	if (!parsed.success)
		throw new Failure('INVALID_PLAN', 'This file is not a plan, or was written by another version.', {
			where: file,
			details: parsed.error.issues
				.slice(0, 20)
				.map(({ path, message }) => ({ place: path.map((part) => `/${String(part)}`).join(''), message })),
			advice: 'Write it again with "downstream diff --plan-out".',
		});
	if (!('plan' in parsed.data)) return { plan: parsed.data, asked: {}, url: null, bundle: null, source: null };
	return parsed.data;
}
