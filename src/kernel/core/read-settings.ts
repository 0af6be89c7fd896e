import { environment as shape, WHERE_UNREADABLE, type Environment } from '../../../schema.js';
import type { SettingProblem } from '../../contract/answers/status.js';
import { nearestName } from './near-miss.js';

export interface Settings {
	environment: Environment;
	problems: SettingProblem[];
}

const PREFIX = 'DOWNSTREAM_';

/**
 * Reads Downstream's part of an environment. Never throws: a setting that cannot be read is named, and means what
 * `WHERE_UNREADABLE` says, or its default. None of them stops recording.
 */
export function readSettings(variables: Record<string, unknown>): Settings {
	const problems: SettingProblem[] = [];
	const readable: Record<string, unknown> = {};
	const instead: Record<string, unknown> = {};
	for (const name of Object.keys(shape.shape) as (keyof Environment)[]) {
		const parsed = shape.shape[name].safeParse(variables[name]);
		if (parsed.success) {
			readable[name] = variables[name];
			continue;
		}
		readable[name] = undefined;
		const [value, meaning] = name in WHERE_UNREADABLE ? WHERE_UNREADABLE[name as keyof typeof WHERE_UNREADABLE] : [];
		if (meaning !== undefined) instead[name] = value;
		problems.push({
			name,
			problem: `${parsed.error.issues[0]?.message ?? 'unreadable'}; until then ${meaning ?? 'the default is used'}`,
		});
	}
	return {
		environment: { ...shape.parse(readable), ...instead } as Environment,
		problems: [...problems, ...misspelt(variables)],
	};
}

function misspelt(variables: Record<string, unknown>): SettingProblem[] {
	const known = Object.keys(shape.shape).filter((name) => name.startsWith(PREFIX));
	const short = known.map((name) => name.slice(PREFIX.length));
	return Object.keys(variables).flatMap((name) => {
		if (!name.startsWith(PREFIX) || known.includes(name)) return [];
		const near = nearestName(name.slice(PREFIX.length), short);
		return near === undefined ? [] : [{ name, problem: `there is no such setting; did you mean ${PREFIX}${near}?` }];
	});
}
