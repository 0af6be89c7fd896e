import { z } from 'zod';
import { LIMITS } from '../../schema.js';

/** What the inputs of several routes are made of. */

export const time = z.union([z.number(), z.string()]).transform((value, context) => {
	const at = typeof value === 'number' || /^\d+$/.test(value) ? Number(value) : Date.parse(value);
	// Beyond that there are no dates, and no room in a database's big integers.
	if (Math.abs(at) <= 8.64e15) return Math.round(at);
	context.addIssue({ code: 'custom', message: `expected a time in ms since 1970 or as ISO 8601, got "${value}"` });
	return z.NEVER;
});
/** PostgreSQL has no text with a NUL in it, so nothing can be found by one. */
export const NO_NUL = { message: 'must not contain a NUL character' };
export const withoutNul = (value: string) => !value.includes('\0');
export const text = z.string().max(1_000).refine(withoutNul, NO_NUL);
export const key = z.union([z.string().min(1).max(255).refine(withoutNul, NO_NUL), z.number()]).transform(String);
export const listOf = <T extends z.ZodType>(entry: T) =>
	z.preprocess(
		(value) => (typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value),
		z.array(entry).min(1).max(LIMITS.listRows),
	);

export const paging = (fields: readonly [string, ...string[]], fallback: string) => ({
	limit: z.coerce.number().int().min(1).max(LIMITS.listRows).default(25),
	page: z.coerce.number().int().min(1).max(10_000_000).default(1),
	sort: z
		.string()
		.regex(
			new RegExp(`^-?(${fields.join('|')})$`),
			`expected one of ${fields.join(', ')}, with a "-" in front for descending`,
		)
		.default(fallback),
});

export const reason = text.optional().meta({ description: 'Why; kept with who did it, and when.' });
export const why = z.strictObject({ reason });

export const none = z.strictObject({});
