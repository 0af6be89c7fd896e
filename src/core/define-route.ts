import type { z } from 'zod';

/** One route of the endpoint as data: what is served, what goes in, and who may. */
export interface Route<Input extends z.ZodType = z.ZodType> {
	method: 'get' | 'post';
	path: string;
	/** `admin`; an admin or whoever has the metrics token; or another instance: an admin or a user with the policy for it. */
	access: 'admin' | 'admin-or-metrics-token' | 'peer';
	/** The body is bytes, for the handler to read; what else there is to say is in the query string. */
	raw?: true;
	summary: string;
	/** Query string and body, in one object. */
	input: Input;
}

/** A route, with the type of what goes in. */
export const define = <Input extends z.ZodType>(route: Route<Input>): Route<Input> => route;
