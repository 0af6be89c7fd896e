import type { ConditionCode } from '../../contract/answers/conditions.js';
import type { Incident, TargetStatus } from '../endpoint/answers.js';

/**
 * How an incident is, so that no list calls failing what the card of its target calls paused. What nothing is sent to
 * does not fail: its incident stands still, and its state says why.
 */
export const incidentState = (
	{ resolved_at: resolved }: Pick<Incident, 'resolved_at'>,
	target: Pick<TargetStatus, 'conditions'> | undefined,
): 'resolved' | 'ongoing' | ConditionCode =>
	resolved !== null
		? 'resolved'
		: (target?.conditions.find(({ code }) => /^(off|paused|invalid)$/.test(code))?.code ?? 'ongoing');
