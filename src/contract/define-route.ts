import type { z } from 'zod';

/** An answer that is text as it is, such as Prometheus'. */
export interface TextAnswer {
	text: string;
	contentType: string;
}

/** One route of the endpoint as data: what is served, what goes in, what comes out, and who may. */
export interface Route<
	Input extends z.ZodType = z.ZodType,
	Answer extends z.ZodType | 'text' = z.ZodType | 'text',
	Streams extends true | undefined = true | undefined,
> {
	method: 'get' | 'post';
	path: string;
	/**
	 * `admin`; whoever is logged in, as far as their permissions allow (`user`); an admin or the bearer of the metrics token, or of that for pages; another instance: paired, or as an admin or a user with the policy
	 * for it; or the bearer of a pairing code.
	 */
	access: 'admin' | 'user' | 'admin-or-metrics-token' | 'admin-or-pages-token' | 'peer' | 'code';
	/** The body is bytes, for the handler to read; what else there is to say is in the query string. */
	raw?: true;
	summary: string;
	/** Query string and body, in one object. */
	input: Input;
	/** The body of the answer, or `text`. */
	answer: Answer;
	/** Asked for lines of JSON or server-sent events, it answers again whenever there is news. */
	streams?: Streams;
}

/** A route, with the types of what goes in and what comes out. */
export const define = <
	Input extends z.ZodType,
	const Answer extends z.ZodType | 'text',
	const Streams extends true | undefined = undefined,
>(
	route: Route<Input, Answer, Streams>,
): Route<Input, Answer, Streams> => route;
