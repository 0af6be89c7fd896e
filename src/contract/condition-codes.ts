import type { ConditionCode } from './answers/conditions.js';

/** From what needs somebody most to what needs nobody. */
export const CONDITION_CODES = [
	'off',
	'failing',
	'invalid',
	'failed',
	'conflicts',
	'incomplete',
	'held',
	'retrying',
	'paused',
	'untried',
	'unused',
	'healthy',
] as const satisfies ConditionCode[];
