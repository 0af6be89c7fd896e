import { RequestError, type Handler } from '../respond.js';

export const identity: Handler<'identity'> = async ({ input, runtime, user }) => {
	if (!(await runtime.identity.decide(input.decision, user, input.reason ?? null)))
		throw new RequestError(409, 'NOT_HELD', 'this instance is where it was; there is nothing to decide');
	return { data: runtime.identity.status() };
};
