import type { BundleChoice } from './core/elements/bundle-of.js';
import type { ConfigIssue, Plan } from '../contract/plan.js';
import type { Consent } from './core/plan/plan-options.js';
import { movedBundle } from './core/moves/move-bundle.js';
import { asMoved, movesOf, reversed } from './core/moves/move-names.js';
import { planWish, type Wish } from './plan-wish.js';
import type { ConfigPorts, Trace } from './ports.js';
import { createPushLock } from './push-lock.js';
import { push, type PushResult } from './push.js';
import type { PushAfter } from './push-after.js';
import { pull } from './pull.js';
import { ConfigRefusal, refuseIssues } from './refusal.js';
import { carriedOn, takenBack } from './take-back.js';
import type { PushOrder } from './push-order.js';

export type RevertOrder = Pick<PushOrder, 'fingerprint' | 'dryRun' | 'actor' | 'role' | 'tell'> & { consent: Consent };

/** What can be done with the configuration of this instance. */
export function createConfigEngine(ports: ConfigPorts) {
	const whileAlone = createPushLock(ports);
	const newId = () => ports.clock.id();

	return {
		pull: (choice: BundleChoice, role: string | null) => pull(choice, role, ports),

		specs: ports.specs,

		/** What would have to be done, and what stands in its way; nothing is written. */
		async diff(wish: Wish): Promise<{ plan: Plan; issues: ConfigIssue[]; warnings: ConfigIssue[] }> {
			const { plan, issues, warnings } = await ports.read((reader) => planWish(reader, wish, newId));
			return { plan, issues, warnings };
		},

		push: (order: PushOrder): Promise<PushResult> =>
			whileAlone(order.actor.user, (holder) => push(order, holder, ports)),

		history: ports.history,

		/** What taking a push back would do, and what would not come back (as warnings); nothing is written. */
		async planRevert(id: string, role: string | null): Promise<PlanToRevert> {
			const back = wishFor(await findPushed(id), 'undo', null);
			const { plan, issues, warnings } = await ports.read((reader) => planWish(reader, { ...back.wish, role }, newId));
			return { plan, issues, warnings: [...warnings, ...back.lost()] };
		},

		/** Takes a push back, as a push of its own with the same guards. What cannot come back is told as warnings. */
		async revert(id: string, { consent, ...order }: RevertOrder): Promise<PushResult> {
			const pushed = await findPushed(id);
			const back = wishFor(pushed, 'undo', consent);
			const after = pushed.status === 'begun' ? null : AFTER_ANY;
			return whileAlone(order.actor.user, async (holder) => {
				if (pushed.status === 'begun') await ports.completeMoves(movesOf(pushed.plan));
				const result = await push({ ...order, ...back.wish, reverts: id, after }, holder, ports);
				if (!order.dryRun)
					await ports.history.settle(id, 'failed', {
						code: 'BROKEN_OFF',
						message: 'it was broken off half way, and undone later',
					});
				return { ...result, warnings: [...result.warnings, ...back.lost()] };
			});
		},

		/** Does the rest of a push that was broken off, as a push of its own with the same guards. */
		async finish(id: string, { consent, ...order }: RevertOrder): Promise<PushResult> {
			const pushed = await findPushed(id);
			if (pushed.status !== 'begun')
				throw new ConfigRefusal(
					400,
					'INVALID_PAYLOAD',
					`this push was not broken off (${pushed.status}): there is nothing to finish`,
				);
			const rest = wishFor(pushed, 'finish', consent);
			return whileAlone(order.actor.user, async (holder) => {
				await ports.completeMoves(movesOf(pushed.plan));
				const result = await push({ ...order, ...rest.wish, reverts: null, after: null }, holder, ports);
				if (!order.dryRun) await ports.history.settle(id, 'applied', null);
				return result;
			});
		},
	};

	async function findPushed(id: string): Promise<Revertible> {
		const pushed = await ports.history.find(id);
		if (!pushed) throw new ConfigRefusal(404, 'ROUTE_NOT_FOUND', `there is no push "${id}"`);
		const { trace, plan, status } = pushed;
		if ((status === 'applied' || status === 'begun') && trace) return { plan, trace, status };
		throw new ConfigRefusal(
			400,
			'INVALID_PAYLOAD',
			`this push was not applied (${status}): there is nothing to take back`,
		);
	}
}

/** After any last push that was not broken off. */
const AFTER_ANY: PushAfter = { expect: null, abandonBrokenOff: false };

interface Revertible {
	status: 'applied' | 'begun';
	plan: Plan;
	trace: Trace;
}

interface PlanToRevert {
	plan: Plan;
	issues: ConfigIssue[];
	warnings: ConfigIssue[];
}

/** What takes a push back, or carries on with one that was broken off. */
function wishFor(pushed: Revertible, direction: 'undo' | 'finish', consent: Consent | null) {
	if (pushed.status === 'applied') return wishBack(pushed, consent);
	const { plan, trace } = pushed;
	const moves = movesOf(plan);
	const back = reversed(moves);
	const wish: Omit<Wish, 'role'> = {
		choice: { syncPolicyRoles: true, preserveIds: [], own: true },
		localIds: new Map(Object.entries(trace.localIds)),
		moved: asMoved(direction === 'finish' ? moves : back),
		wish: ({ current }) => ({
			wanted:
				direction === 'finish'
					? carriedOn(plan, trace, current, direction)
					: movedBundle(carriedOn(plan, trace, movedBundle(current, moves), direction), back),
			options: { mirror: true, consent },
		}),
	};
	return { wish, lost: (): ConfigIssue[] => [] };
}

/** What takes a push back, as a wish; and once that was planned, what does not come back. */
function wishBack({ plan, trace }: Revertible, consent: Consent | null) {
	let lost: string[] = [];
	const moves = movesOf(plan);
	const back = reversed(moves);
	const wish: Omit<Wish, 'role'> = {
		choice: { syncPolicyRoles: true, preserveIds: [], own: true },
		localIds: new Map(Object.entries(trace.localIds)),
		moved: asMoved(back),
		wish({ current }) {
			// The plan and what was kept of it are in the new names, what is there has the former ones again by then.
			const inverse = takenBack(plan, trace, movedBundle(current, moves));
			if (inverse.drifted.length > 0)
				refuseIssues('It has been changed since, and the revert would undo that too', inverse.drifted, 409);
			lost = inverse.lost;
			return { wanted: movedBundle(inverse.wanted, back), options: { mirror: true, consent } };
		},
	};
	return {
		wish,
		lost: (): ConfigIssue[] => lost.map((message) => ({ file: null, path: '', code: 'lost', message })),
	};
}
