import type { BundleChoice } from '../../core/config/bundle-of.js';
import type { ConfigIssue, Plan } from '../../core/config/plan-shape.js';
import type { Consent } from '../../core/config/plan-options.js';
import { planWish, type Wish } from './plan-wish.js';
import type { ConfigDoors } from './ports.js';
import { createPushLock } from './push-lock.js';
import { push, type PushOrder, type PushResult } from './push.js';
import { pull } from './pull.js';
import { ConfigRefusal, refuseIssues } from './refusal.js';
import { takenBack, type Trace } from './take-back.js';

export type RevertOrder = Pick<PushOrder, 'fingerprint' | 'dryRun' | 'actor' | 'role'> & { consent: Consent };

/** What can be done with the configuration of this instance. */
export function createConfigEngine(doors: ConfigDoors) {
	const whileAlone = createPushLock(doors);
	const newId = () => doors.clock.id();

	return {
		pull: (choice: BundleChoice, role: string | null) => pull(choice, role, doors),

		specs: doors.specs,

		/** What would have to be done, and what stands in its way; nothing is written. */
		async diff(wish: Wish): Promise<{ plan: Plan; issues: ConfigIssue[]; warnings: ConfigIssue[] }> {
			const { plan, issues, warnings } = await doors.read((reader) => planWish(reader, wish, newId));
			return { plan, issues, warnings };
		},

		push: (order: PushOrder): Promise<PushResult> =>
			whileAlone(order.actor.user, (holder) => push(order, holder, doors)),

		history: doors.history,

		/** What taking a push back would do, and what would not come back (as warnings); nothing is written. */
		async planRevert(id: string, role: string | null): Promise<PlanToRevert> {
			const back = wishBack(await findRevertible(id), null);
			const { plan, issues, warnings } = await doors.read((reader) => planWish(reader, { ...back.wish, role }, newId));
			return { plan, issues, warnings: [...warnings, ...back.lost()] };
		},

		/** Takes a push back, as a push of its own with the same guards. What cannot come back is told as warnings. */
		async revert(id: string, { consent, ...order }: RevertOrder): Promise<PushResult> {
			const back = wishBack(await findRevertible(id), consent);
			const result = await whileAlone(order.actor.user, (holder) =>
				push({ ...order, ...back.wish, reverts: id }, holder, doors),
			);
			return { ...result, warnings: [...result.warnings, ...back.lost()] };
		},
	};

	async function findRevertible(id: string): Promise<Revertible> {
		const pushed = await doors.history.find(id);
		if (!pushed) throw new ConfigRefusal(404, 'ROUTE_NOT_FOUND', `there is no push "${id}"`);
		const { trace, plan, status } = pushed;
		if (status === 'applied' && trace) return { plan, trace };
		throw new ConfigRefusal(
			400,
			'INVALID_PAYLOAD',
			`this push was not applied (${status}): there is nothing to take back`,
		);
	}
}

interface Revertible {
	plan: Plan;
	trace: Trace;
}

interface PlanToRevert {
	plan: Plan;
	issues: ConfigIssue[];
	warnings: ConfigIssue[];
}

/** What takes a push back, as a wish; and once that was planned, what does not come back. */
function wishBack({ plan, trace }: Revertible, consent: Consent | null) {
	let lost: string[] = [];
	const wish: Omit<Wish, 'role'> = {
		choice: { syncPolicyRoles: true, preserveIds: [], own: true },
		localIds: new Map(Object.entries(trace.localIds)),
		wish({ current }) {
			const inverse = takenBack(plan, trace, current);
			if (inverse.drifted.length > 0) refuseIssues('It was changed since', changedSince(inverse.drifted), 409);
			lost = inverse.lost;
			return { wanted: inverse.wanted, options: { mirror: true, consent } };
		},
	};
	return {
		wish,
		lost: (): ConfigIssue[] => lost.map((message) => ({ file: null, path: '', code: 'lost', message })),
	};
}

const changedSince = (steps: string[]): ConfigIssue[] =>
	steps.map((path) => ({
		file: null,
		path,
		code: 'changed_since',
		message: `${path} was changed since, and taking the push back would undo that too`,
	}));
