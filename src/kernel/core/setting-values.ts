import { z } from 'zod';
import { signingSecretProblem } from './signing-secret.js';

/** Spellings of yes and no, upper or lower case. */
const YES = ['true', 'yes', 'on', '1'];
const NO = ['false', 'no', 'off', '0'];

/** Directus casts what it reads, so that a value may be a number, a list or an object. */
const inWords = (value: unknown): string =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : String(value);

/** A variable that is empty is as good as none: compose files pass on what is not set. */
const isEmpty = (value: unknown) => isNothing(value) || inWords(value).trim() === '';
const isNothing = (value: unknown) => value === undefined || value === null;

export const flag = (fallback: boolean) =>
	z.unknown().transform((value, context) => {
		if (isEmpty(value)) return fallback;
		const text = inWords(value).trim().toLowerCase();
		if (YES.includes(text) || NO.includes(text)) return YES.includes(text);
		context.addIssue({
			code: 'custom',
			message: `expected true or false (also yes, no, on, off, 1, 0), got "${inWords(value)}"`,
		});
		return z.NEVER;
	});

/** A setting of Directus' own, read as Directus reads it: anything but true is false. */
export const directusFlag = z.unknown().transform((value) => ['true', '1'].includes(inWords(value)));

const durationUnits = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

function readDuration(value: unknown, context: z.RefinementCtx): number {
	const [, count, unit] = /^\s*(\d+(?:\.\d+)?)\s*(m|h|d|w)\s*$/.exec(inWords(value).toLowerCase()) ?? [];
	const ms = Math.round(Number(count) * durationUnits[unit as keyof typeof durationUnits]);
	if (ms >= durationUnits.m && ms <= FOR_EVER_MS) return ms;
	context.addIssue({
		code: 'custom',
		message: `expected a time with its unit: 30d (days), 12h (hours), 90m (minutes) or 2w (weeks), got "${inWords(value)}"`,
	});
	return z.NEVER;
}

/** `30d`, `12h`, `90m`, … ⇒ ms. A number without a unit is refused, since it could mean any. */
export const duration = (fallback: string) =>
	z.unknown().transform((value, context) => readDuration(isEmpty(value) ? fallback : value, context));

/** The same, where without it, or with `off`, there is none. */
export const optionalDuration = z
	.unknown()
	.transform((value, context) =>
		isEmpty(value) || NO.includes(inWords(value).trim().toLowerCase()) ? null : readDuration(value, context),
	);

export const count = (fallback: number, most: number) =>
	z.unknown().transform((value, context) => {
		const text = isEmpty(value) ? String(fallback) : inWords(value).trim();
		if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
		context.addIssue({ code: 'custom', message: `expected a whole number from 1 to ${most}, got "${inWords(value)}"` });
		return z.NEVER;
	});

export const oneOf = <const Choice extends string>(...choices: Choice[]) =>
	z.unknown().transform((value, context): Choice | undefined => {
		if (isEmpty(value)) return undefined;
		const match = choices.find((choice) => choice === inWords(value).trim().toLowerCase());
		if (!match)
			context.addIssue({ code: 'custom', message: `expected one of ${choices.join(', ')}, got "${inWords(value)}"` });
		return match;
	});

/** Directus turns text with a comma into a list, and text of digits into a number. */
export const text = z.unknown().transform((value) => (isEmpty(value) ? undefined : inWords(value)));

export const list = z.preprocess(
	(value) => (typeof value === 'string' ? value.split(',') : isNothing(value) ? undefined : [value].flat()),
	z
		.array(z.unknown().transform(inWords))
		.transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))
		.optional(),
);

/** Names of HTTP headers; none where nothing is set. */
export const headerNames = list.transform((names, context): string[] => {
	const wrong = names?.find((name) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name));
	if (wrong === undefined) return names ?? [];
	context.addIssue({ code: 'custom', message: `expected header names, separated by commas; "${wrong}" is none` });
	return z.NEVER;
});

/** A century: longer than anybody waits. */
export const FOR_EVER_MS = 36_525 * 86_400_000;

/** Addresses of webhooks, separated by commas. They are secrets as a whole, so that no message quotes them. */
export const webhookAddresses = list.transform((addresses, context): string[] => {
	const wrong = addresses?.findIndex((address) => !isWebAddress(address)) ?? -1;
	if (wrong < 0) return [...new Set(addresses)];
	const which = addresses?.length === 1 ? 'it is' : `entry ${wrong + 1} is`;
	context.addIssue({ code: 'custom', message: `expected http(s) addresses, separated by commas; ${which} none` });
	return z.NEVER;
});

const isWebAddress = (text: string) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '');

/** One signing secret, or the new and the old one. */
export const signingSecret = text.transform((secret, context) => {
	const problem = secret === undefined ? null : signingSecretProblem(secret);
	if (problem === null) return secret;
	context.addIssue({ code: 'custom', message: `expected ${problem}` });
	return z.NEVER;
});
