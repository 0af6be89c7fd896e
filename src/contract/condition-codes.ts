import type { ConditionCode } from './answers/conditions.js';

/** From what needs somebody most to what needs nobody. */
export const CONDITION_CODES = [
	'off',
	'paused',
	'invalid',
	'failing',
	'failed',
	'conflicts',
	'incomplete',
	'held',
	'retrying',
	'untried',
	'unused',
	'healthy',
] as const satisfies ConditionCode[];
