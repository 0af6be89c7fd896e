import type { Handler } from '../respond.js';

export const throughput: Handler<'throughput'> = async ({ input, runtime }) => ({
	data: await runtime.hours.read(input.hours),
});
