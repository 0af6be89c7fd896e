import { z } from 'zod';
import { LIMITS } from '../../../schema.js';
import { MASK } from '../vocabulary.js';

/** What the answers of several routes are made of. Extra fields are allowed for, so that older clients read newer answers. */

export const whole = z.int();
export const time = z.iso.datetime();
export const jsonObject = z.record(z.string(), z.unknown());

export const failure = z.object({ code: z.string(), message: z.string() }).meta({ id: 'Failure' });

export const request = z
	.object({
		method: z.string(),
		url: z.string(),
		headers: z.record(z.string(), z.string()).meta({ description: `Credentials are shown as "${MASK}".` }),
		body: z
			.string()
			.nullable()
			.meta({ description: `Cut at ${LIMITS.historyBody} bytes.` }),
	})
	.meta({ id: 'Request' });
export type WireRequest = z.output<typeof request>;

export const response = z
	.object({
		status: whole,
		headers: z.record(z.string(), z.string()),
		body: z.string(),
	})
	.meta({ id: 'Response' });
export type WireResponse = z.output<typeof response>;

/** The body of an answer: `{ data }`, with `meta` where there is more to say. */
export const answer = <Data extends z.ZodType>(data: Data) => z.object({ data });
export const answerWith = <Data extends z.ZodType, Meta extends z.ZodType>(data: Data, meta: Meta) =>
	z.object({ data, meta });

const paging = z
	.object({
		total: whole.meta({ description: 'A lower bound if `total_is_estimate`.' }),
		limit: whole,
		page: whole,
		total_is_estimate: z.boolean().optional(),
		searched: whole.optional().meta({
			description: 'How many rows were searched, if not all; `next_cursor` continues behind them.',
		}),
		next_cursor: z.string().optional(),
	})
	.meta({ id: 'Paging' });

/** The body of a list's answer: one page of rows. */
export const page = <Row extends z.ZodType>(row: Row) => answerWith(z.array(row), paging);
export interface Page<Row> {
	data: Row[];
	meta: z.output<typeof paging>;
}
