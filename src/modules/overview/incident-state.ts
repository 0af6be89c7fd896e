import type { ConditionCode } from '../../contract/answers/conditions.js';
import type { Incident, TargetStatus } from '../endpoint/answers.js';

/** What nothing is sent to does not fail: its incident stands still, and its state says why. */
const STOPS: readonly ConditionCode[] = ['off', 'paused', 'invalid'];

/** How an incident is, so that no list calls failing what the card of its target calls paused. */
export function incidentState(
	{ resolved_at: resolved }: Pick<Incident, 'resolved_at'>,
	target: Pick<TargetStatus, 'conditions'> | undefined,
): 'resolved' | 'ongoing' | ConditionCode {
	if (resolved !== null) return 'resolved';
	return target?.conditions.find(({ code }) => STOPS.includes(code))?.code ?? 'ongoing';
}
