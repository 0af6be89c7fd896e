import { measure } from '../../app/status/measure.js';
import { sendTest } from '../../flush/send-test.js';
import { describeAdapters } from '../../flush/core/describe-adapters.js';
import type { FlushTarget } from '../../flush/flush-target.js';
import type { Target } from '../../targets/target.js';
import { flushByHand } from '../../flush/flush-by-hand.js';
import { cannotPurge, purgeByHand } from '../../flush/purge-by-hand.js';
import { recordOperation } from '../../delivery/tables/operation-table.js';
import type { TargetState } from '../../contract/vocabulary.js';
import { notFound, RequestError } from '../request-error.js';
import type { Asked, Handler } from '../respond.js';

export const adapters: Handler<'adapters'> = async ({ input }) => ({ data: describeAdapters(input.language) });

export const testTarget: Handler<'testTarget'> = async (asked) => {
	const target = await findFlushTarget(asked);
	if (!target.options) throw invalid(target);
	const data = await sendTest(asked.runtime, target, asked.user);
	if (data.delivered) await asked.runtime.closeBreaker(target.id);
	return { data };
};

export const flushTarget: Handler<'flushTarget'> = async (asked) => {
	const { runtime, input, user } = asked;
	const target = await findFlushTarget(asked);
	if (!target.options) throw invalid(target);
	if (target.status !== 'published') throw notServed(target);
	const rules = target.rules.filter(({ rule }) => input.all === true || rule.collection === input.collection);
	if (rules.length === 0)
		throw new RequestError(
			400,
			'INVALID_PAYLOAD',
			input.all === true
				? `"${target.name}" has no valid rule`
				: `Invalid payload. /collection: "${target.name}" has no valid rule about "${input.collection}"`,
		);
	const { keys = null, all = false, dry_run: dryRun } = input;
	return { data: await flushByHand(runtime, { target, rules, all, keys, user, dryRun }) };
};

export const purgeTarget: Handler<'purgeTarget'> = async (asked) => {
	const { runtime, user } = asked;
	const target = await findFlushTarget(asked);
	const { options } = target;
	if (!options) throw invalid(target);
	if (target.status !== 'published') throw notServed(target);
	const { dry_run: dryRun, ...what } = asked.input;
	const refused = cannotPurge({ ...target, options }, what);
	if (refused)
		throw new RequestError(
			400,
			'INVALID_PAYLOAD',
			`Invalid payload. /${refused.cannot.join(', /')}: "${target.name}" can be told to purge ${refused.can.join(', ') || 'nothing by hand'}`,
		);
	return { data: await purgeByHand(runtime, { ...target, options }, { asked: what, user, dryRun }) };
};

export const pauseTarget: Handler<'pauseTarget'> = async (asked) => {
	const { runtime, input, user } = asked;
	const target = await find(asked);
	await runtime.pause(target.id, input.reason ?? null);
	await recordOperation(runtime.database, {
		id: runtime.clock.id(),
		at: runtime.clock.now(),
		user,
		action: 'pause',
		target: target.id,
		detail: { reason: input.reason ?? null },
	});
	return { data: { id: target.id, state: 'paused' } };
};

export const resumeTarget: Handler<'resumeTarget'> = async (asked) => {
	const { runtime, input, user } = asked;
	const target = await find(asked);
	await runtime.resume(target.id);
	await recordOperation(runtime.database, {
		id: runtime.clock.id(),
		at: runtime.clock.now(),
		user,
		action: 'resume',
		target: target.id,
		detail: { reason: input.reason ?? null },
	});
	return { data: { id: target.id, state: await stateNow(runtime, target.id) } };
};

/** A user who was notified of a failure may see whether it is over; others learn not even that it exists. */
export const targetNotice: Handler<'targetNotice'> = async ({ id, user, accountability, runtime }) => {
	const refused = new RequestError(403, 'FORBIDDEN', "You don't have permission to access this.");
	if (!accountability.admin && (user === null || !(await runtime.usersOf(id)).includes(user))) throw refused;
	const target = (await measure(runtime)).targets.find((served) => served.id === id);
	if (!target) throw accountability.admin ? notFound('published target', id) : refused;
	const { kind, name, conditions, pending, drain_ms, last_success_at } = target;
	return { data: { id, kind, name, conditions, pending, drain_ms, last_success_at } };
};

export const tryTarget: Handler<'tryTarget'> = async (asked) => {
	const target = await find(asked);
	await asked.runtime.tryNow(target.id);
	return { data: { id: target.id, state: await stateNow(asked.runtime, target.id) } };
};

async function stateNow(runtime: Asked<'tryTarget'>['runtime'], target: string): Promise<TargetState> {
	const { targets } = await measure(runtime);
	return targets.find(({ id }) => id === target)?.state ?? 'healthy';
}

/** The target of that id, of any status, also where this node has not read it yet. */
async function find({ id, runtime }: Pick<Asked<'testTarget'>, 'id' | 'runtime'>): Promise<Target> {
	if (!runtime.rules.target(id) || runtime.rules.stale()) await runtime.rules.refresh();
	const target = runtime.rules.target(id);
	if (!target) throw notFound('target', id);
	return target;
}

async function findFlushTarget(asked: Pick<Asked<'testTarget'>, 'id' | 'runtime'>): Promise<FlushTarget> {
	const target = await find(asked);
	if (target.kind !== 'flush') throw notFound('flush target', asked.id);
	return target;
}

const notServed = (target: FlushTarget) =>
	new RequestError(
		400,
		'INVALID_PAYLOAD',
		`"${target.name}" is ${target.status}: only published targets are served, so publish it first`,
	);

const invalid = (target: FlushTarget) =>
	new RequestError(
		400,
		'INVALID_PAYLOAD',
		`"${target.name}" has invalid options: ${target.issues.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
		{ issues: target.issues },
	);
