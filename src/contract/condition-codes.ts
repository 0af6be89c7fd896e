import type { ConditionCode } from './answers/conditions.js';

/** From the most urgent to what needs nothing done. */
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
