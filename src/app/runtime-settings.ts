import type { Environment } from '../../schema.js';
import type { SettingProblem } from '../contract/answers/status.js';
import { createAddressGuard, DEFAULT_DENY_LIST } from '../kernel/address-guard.js';

/** The settings in force: where requests may go, what is wrong, and whether anything is sent. */
export function openSettings(environment: Environment, problems: readonly SettingProblem[]) {
	const {
		DOWNSTREAM_IP_DENY_LIST: own,
		IMPORT_IP_DENY_LIST: directus,
		DOWNSTREAM_ENABLED,
		DOWNSTREAM_TRIGGERS,
	} = environment;
	const name = own ? 'DOWNSTREAM_IP_DENY_LIST' : 'IMPORT_IP_DENY_LIST';
	const guard = createAddressGuard({ name, entries: own ?? directus ?? DEFAULT_DENY_LIST });
	const closed = `${guard.problem}; until then nothing is sent, and changes are recorded and wait`;
	return {
		guard,
		settings: {
			problems: [...problems, ...(guard.problem === null ? [] : [{ name, problem: closed }])],
			/** Sending is switched off, and said right. */
			isSwitchedOff: !DOWNSTREAM_ENABLED && !problems.some((problem) => problem.name === 'DOWNSTREAM_ENABLED'),
			/** Not where that is switched off, and not while a setting that says so, or where to, cannot be read. */
			sends: DOWNSTREAM_ENABLED && guard.problem === null,
			/** Whether database triggers are kept, removed, or, if the setting is invalid, left as they are. */
			triggers: (problems.some((problem) => problem.name === 'DOWNSTREAM_TRIGGERS')
				? 'left'
				: DOWNSTREAM_TRIGGERS
					? 'on'
					: 'off') as 'on' | 'off' | 'left',
		},
	};
}
