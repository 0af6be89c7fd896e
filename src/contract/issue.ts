import { z } from 'zod';

export const issue = z
	.object({
		path: z.string().meta({ description: 'A JSON pointer (RFC 6901) into what was sent.' }),
		code: z.string(),
		message: z.string(),
		suggestion: z.string().optional(),
	})
	.meta({ id: 'Issue' });
/** One thing that is wrong with a rule or an option, at the place that a JSON pointer names (`/0/payload/2`). */
export type Issue = z.output<typeof issue>;
