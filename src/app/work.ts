import type { Clock, Logger } from '../kernel/ports.js';
import { NOTE_LOST } from '../kernel/database/leases.js';
import { outsideTraces } from '../kernel/tracing.js';
import { allowanceNote, takeOverAllowances } from '../delivery/core/allowance-note.js';
import type { Engine, Work } from '../delivery/engine.js';
import type { DeliveryQueue } from '../delivery/ports.js';
import { sendDue } from '../delivery/send.js';
import type { SendPorts } from '../delivery/turn.js';
import type { RulesInForce } from '../targets/rules-in-force.js';
import type { Target } from '../targets/target.js';
import type { createTargetStanding } from '../targets/target-standing.js';

/** What an engine has to do on this node. */
export function createWork(ports: {
	clock: Clock;
	logger: Logger;
	engine: Pick<Engine, 'wake'>;
	queue: DeliveryQueue;
	rules: Pick<RulesInForce, 'target' | 'published'>;
	standing: Pick<ReturnType<typeof createTargetStanding>, 'abandonIfDeleted' | 'forget'>;
	sendPorts: SendPorts<Target>;
	/** Whether anything is sent at all. */
	sends: boolean;
	/** The name of this instance; null while it may be a copy. */
	instance: Work['instance'];
	/** Plans some of the outbox: when the targets that got something have to send it, and whether more is waiting. */
	plan(): Promise<{ due: Map<string, number>; more: boolean }>;
	tick: Work['tick'];
}): Work {
	const { clock, logger, engine, queue, rules, standing, sendPorts, sends, instance, tick } = ports;
	const { allowances } = sendPorts;
	const isHeld = () => instance() === null;

	return {
		instance,
		tick,
		async plan() {
			// Plans carry this instance's name, which is wrong if the database was copied.
			if (isHeld()) return false;
			const { due, more } = await outsideTraces(ports.plan);
			if (sends) for (const [target, at] of due) engine.wake(target, at);
			return more;
		},
		async send(target, { stopping, holds, listen }) {
			if (!sends || isHeld()) return null;
			if (!rules.target(target)) await standing.abandonIfDeleted(target);
			return outsideTraces(() => sendDue(target, sendPorts, () => stopping() || !holds(), listen, holds));
		},
		async takeOver(target, note) {
			standing.forget(target);
			takeOverAllowances(allowances, target, { note, lost: NOTE_LOST, now: clock.now() });
			const recovered = await queue.recover(target);
			if (recovered > 0)
				logger.info(
					`[downstream] ${recovered} deliveries that were being sent when their process stopped are sent again`,
				);
		},
		leave: (target) => allowanceNote(allowances, target),
		async waiting() {
			if (!sends || isHeld()) return [];
			const isServed = (id: string) => !rules.target(id) || rules.published(id) !== null;
			return (await queue.waiting()).filter(({ target }) => isServed(target));
		},
	};
}
