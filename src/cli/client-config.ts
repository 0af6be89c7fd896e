import { z } from 'zod';

export type MaybePromise<T> = T | Promise<T>;

/** A function with any parameters: the author of the file knows which. */
export const callable = <T>() =>
	z.custom<T>((value) => typeof value === 'function', { message: 'expected a function' });

/** The options of Directus' own SDK that a configuration file may set for the requests to the instance. */
export const clientConfig = z.strictObject({
	clientOptions: z
		.looseObject({
			globals: z.looseObject({ fetch: callable<typeof fetch>().optional() }).optional(),
		})
		.optional(),
	restConfig: z
		.looseObject({
			credentials: z.enum(['include', 'omit', 'same-origin']).optional(),
			onRequest: callable<(request: RequestInit) => MaybePromise<RequestInit>>().optional(),
			onResponse: callable<(data: unknown, request: RequestInit) => unknown>().optional(),
		})
		.optional(),
});

export type ClientConfig = z.output<typeof clientConfig>;
