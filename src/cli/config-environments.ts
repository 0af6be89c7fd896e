import { nearestName } from '../kernel/core/near-miss.js';
import { isRecord } from '../kernel/core/is-record.js';
import type { ConfigFile, EnvironmentConfig } from './config-shape.js';
import type { Variables } from './environment.js';
import { Failure, type FailureDetail } from './failure.js';

/** An environment of the configuration file. */
export interface ChosenEnvironment extends EnvironmentConfig {
	name: string;
}

/** `${PROD_TOKEN}`, or `${PROD_URL:-https://example.com}` with a default. */
const VARIABLE = /\$\{([A-Za-z_]\w*)(?::-([^{}]*))?\}/g;

/**
 * The environment that was asked for by `--env` or `DOWNSTREAM_ENV`.
 *
 * @returns null where none was
 * @throws Failure where there is none of this name
 */
export function chooseEnvironment(
	file: { file: string; values: ConfigFile } | null,
	flag: string | undefined,
	variables: Variables,
): ChosenEnvironment | null {
	const name = flag ?? (variables['DOWNSTREAM_ENV'] || undefined);
	if (name === undefined) return null;
	const all = file?.values.environments ?? {};
	const environment = Object.hasOwn(all, name) ? all[name] : undefined;
	if (file && environment) return { ...environment, name };
	const names = Object.keys(all);
	const near = nearestName(name, names);
	throw new Failure('NO_ENVIRONMENT', `There is no environment "${name}".${near ? ` Did you mean "${near}"?` : ''}`, {
		where: file ? `${file.file}, key "environments"` : 'no configuration file',
		advice:
			names.length > 0
				? `The file has: ${names.join(', ')}.`
				: 'Add "environments" to downstream.config.json, or run "downstream init".',
	});
}

/**
 * Fills the variables into the texts of a value; reports all that are not set at once.
 *
 * @param place the file and key, for messages
 */
export function fillVariables<Value>(value: Value, variables: Variables, place: { file: string; key: string }): Value {
	const details: FailureDetail[] = [];
	const fill = (node: unknown, at: string): unknown => {
		if (typeof node === 'string')
			return node.replace(VARIABLE, (whole, name: string, otherwise: string | undefined) => {
				const set = variables[name] || otherwise;
				if (set !== undefined) return set;
				details.push({ place: at, message: `needs ${name}, which is not set in the environment` });
				return whole;
			});
		if (Array.isArray(node)) return node.map((entry, index) => fill(entry, `${at}[${index}]`));
		if (!isRecord(node)) return node;
		return Object.fromEntries(
			Object.entries(node).map(([key, entry]) => [key, fill(entry, at === '' ? key : `${at}.${key}`)]),
		);
	};
	const filled = fill(value, place.key) as Value;
	if (details.length === 0) return filled;
	throw new Failure('MISSING_VARIABLE', 'The configuration file needs variables that are not set.', {
		where: place.file,
		details,
		advice: 'Set them, or put them into .env.',
	});
}
