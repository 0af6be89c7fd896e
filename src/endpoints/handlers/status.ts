import { measure } from '../../app/status/measure.js';
import { RequestError, type Handler } from '../respond.js';

export const status: Handler<'status'> = async ({ runtime }) => ({ data: await measure(runtime) });

export const throughput: Handler<'throughput'> = async ({ input, runtime }) => ({
	data: await runtime.hours.read(input.hours),
});

export const identity: Handler<'identity'> = async ({ input, runtime, user }) => {
	if (!(await runtime.identity.decide(input.decision, user, input.reason ?? null)))
		throw new RequestError(409, 'NOT_HELD', 'this instance is where it was; there is nothing to decide');
	return { data: runtime.identity.status() };
};

export const triggersRemove: Handler<'triggersRemove'> = async ({ runtime }) => ({
	data: { removed: await runtime.triggers.remove() },
});
