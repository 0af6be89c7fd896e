import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** What the environment says about the instances. */
export interface EnvironmentOptions {
	directusUrl?: string;
	directusToken?: string;
	directusEmail?: string;
	directusPassword?: string;
	fromToken?: string;
}

const VARIABLES = {
	directusUrl: 'DIRECTUS_URL',
	directusToken: 'DIRECTUS_TOKEN',
	directusEmail: 'DIRECTUS_ADMIN_EMAIL',
	directusPassword: 'DIRECTUS_ADMIN_PASSWORD',
	fromToken: 'DIRECTUS_FROM_TOKEN',
} as const;

export type Variables = Record<string, string | undefined>;

/** The process's variables, and those of `.env` in this folder, which win over none that is set. */
export function readEnvironment(folder: string, variables: Variables): Variables {
	const file = join(folder, '.env');
	if (!existsSync(file)) return variables;
	return { ...parseEnv(readFileSync(file, 'utf8')), ...variables };
}

/** Empty ones count as not set: that is what an unset secret is in CI. */
export function environmentOptions(variables: Variables): EnvironmentOptions {
	const options: EnvironmentOptions = {};
	for (const [key, name] of Object.entries(VARIABLES) as [keyof typeof VARIABLES, string][]) {
		const value = variables[name];
		if (value !== undefined && value !== '') options[key] = value;
	}
	return options;
}
