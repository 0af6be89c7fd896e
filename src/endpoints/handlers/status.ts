import { firstHour, hourOf } from '../../delivery/core/throughput.js';
import { freshByHour } from '../../flush/check/core/summarize-checks.js';
import { recentChecks } from '../../flush/tables/check-table.js';
import { measure } from '../../app/status/measure.js';
import { RequestError } from '../request-error.js';
import type { Handler } from '../respond.js';

export const status: Handler<'status'> = async ({ runtime }) => ({ data: await measure(runtime) });

export const throughput: Handler<'throughput'> = async ({ input, runtime }) => {
	const { hours, database, clock } = runtime;
	const [counted, checks] = await Promise.all([
		hours.read(input.hours),
		recentChecks(database, firstHour(clock.now(), input.hours)),
	]);
	const fresh = freshByHour(checks, hourOf);
	return {
		data: {
			...counted,
			targets: counted.targets.map((target) => {
				const own = fresh.get(target.id);
				return { ...target, fresh_p95_ms: counted.hours.map((hour) => own?.get(Date.parse(hour)) ?? null) };
			}),
		},
	};
};

export const identity: Handler<'identity'> = async ({ input, runtime, user }) => {
	if (!(await runtime.identity.decide(input.decision, user, input.reason ?? null)))
		throw new RequestError(409, 'NOT_HELD', 'this instance is where it was; there is nothing to decide');
	return { data: runtime.identity.status() };
};

export const triggersRemove: Handler<'triggersRemove'> = async ({ runtime }) => ({
	data: { removed: await runtime.triggers.remove() },
});
