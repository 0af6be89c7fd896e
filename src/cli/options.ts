import { resolve } from 'node:path';
import type { Forbidden } from '../config/core/plan/forbidden-steps.js';
import type { Overlays } from '../config/core/dump/overlays.js';
import { ELEMENT_KINDS, type ElementKind, type Moved } from '../contract/bundle.js';
import type { Flags } from './flags.js';
import type { ClientConfig } from './client-config.js';
import type { ConfigFile, Hooks } from './config-shape.js';
import type { LoadedConfig } from './config-file.js';
import { chooseEnvironment, fillVariables } from './config-environments.js';
import { environmentOptions, type Variables } from './environment.js';
import { PRESERVABLE } from './kind-lists.js';
import type { Login } from './connection.js';

/** Everything that a command may want to know, from flags, environment, file and defaults, in this order. */
export interface Options {
	/** The environment that was chosen, by its name in the configuration file. */
	environment: string | null;
	/** Whether a push needs its name typed, or `--yes --expect`. */
	isProtected: boolean;
	/** What no push or revert on the environment may do, without what the flags waive. */
	forbid: Forbidden[];
	/** Values of the environment that replace those of the files. */
	overlays: Overlays;
	/** The configuration file in force. */
	configFile: string | null;
	debug: boolean;
	json: boolean;
	progress: boolean;
	/** null: as the terminal suggests. */
	colour: boolean | null;
	/** In ms; null: as suits the request. */
	requestTimeout: number | null;
	login: Login;
	/** The instance that a bundle is taken from, instead of files. */
	from: Login | null;
	client: ClientConfig;
	/** Absolute. */
	dumpPath: string;
	/** Within `dumpPath`. */
	collectionsPath: string;
	snapshotPath: string;
	specsPath: string;
	/** Absolute; folders or files. Without a choice, the first of `seedDefaults` that exists. */
	seedPaths: string[] | null;
	seedDefaults: string[];
	/** The kinds to take, in their usual order. */
	kinds: ElementKind[];
	schema: boolean;
	/** Which extensions are switched on. */
	extensions: boolean;
	specs: boolean;
	split: boolean;
	sortJson: boolean;
	syncPolicyRoles: boolean;
	/** Whether credentials are written to files themselves. */
	keepSecrets: boolean;
	preserveIds: ElementKind[];
	/** Patterns of collections that do not belong to the configuration. */
	excludeTables: string[];
	/** What has another name from now on. */
	moved: Moved[];
	force: boolean;
	mirror: boolean;
	hooks: Hooks;
	keep: 'first' | 'last';
	/** In seconds. */
	wait: { interval: number; timeout: number; successes: number };
	/** Whether a flag was given that is no longer needed. */
	maxPushRetriesGiven: boolean;
}

const DEFAULT_DUMP = './directus-config';

/** Puts all sources together. */
export function resolveOptions(folder: string, flags: Flags, file: LoadedConfig | null, variables: Variables): Options {
	const plain = (key: string) => file !== null && file.file.endsWith('.json') && key !== 'environments';
	const filled = <Value>(value: Value, key: string): Value =>
		file?.file.endsWith('.json') ? fillVariables(value, variables, { file: file.file, key }) : value;
	const saved = Object.fromEntries(
		Object.entries(file?.values ?? {}).map(([key, value]) => [key, plain(key) ? filled(value, key) : value]),
	) as Partial<ConfigFile>;
	const named = chooseEnvironment(file, flags.env, variables);
	const chosen = named && filled(named, `environments.${named.name}`);
	// A named environment wins over DIRECTUS_URL of the process.
	const environment = {
		...environmentOptions(variables),
		...(chosen?.directusUrl ? { directusUrl: chosen.directusUrl } : {}),
	};
	// A path that was typed starts where the person is, one in a file where that file says.
	const at = (typed: string | undefined, written: string | undefined, fallback: string) =>
		typed !== undefined ? resolve(folder, typed) : resolve(file?.base ?? folder, written ?? fallback);
	const dumpPath = at(flags.dumpPath, saved.dumpPath, DEFAULT_DUMP);
	const preserve = flags.preserveIds ?? saved.preserveIds ?? [];
	const seeds = flags.seedPath?.map((path) => resolve(folder, path));
	return {
		environment: chosen?.name ?? null,
		isProtected: chosen?.protected ?? false,
		forbid: (chosen?.forbid ?? []).filter((rule) => flags.waive?.[rule] === undefined),
		overlays: chosen?.overlays ?? {},
		configFile: file?.file ?? null,
		debug: flags.debug ?? saved.debug ?? false,
		json: flags.json ?? false,
		progress: flags.progress ?? true,
		colour: flags.color ?? null,
		requestTimeout: seconds(flags.requestTimeout ?? saved.requestTimeout),
		login: {
			url: flags.directusUrl ?? environment.directusUrl ?? saved.directusUrl ?? null,
			...credentials(flags, chosen ?? {}, environment, saved),
		},
		from:
			flags.from === undefined
				? null
				: { url: flags.from, token: flags.fromToken ?? environment.fromToken ?? null, email: null, password: null },
		client: saved.directusConfig ?? {},
		dumpPath,
		collectionsPath: flags.collectionsPath ?? saved.collectionsPath ?? 'collections',
		snapshotPath: flags.snapshotPath ?? saved.snapshotPath ?? 'snapshot',
		specsPath: flags.specsPath ?? saved.specsPath ?? 'specs',
		seedPaths: seeds ?? saved.seedPath?.map((path) => resolve(file?.base ?? folder, path)) ?? null,
		seedDefaults: [resolve(file?.base ?? folder, DEFAULT_DUMP, 'seed'), resolve(dumpPath, 'seed')],
		kinds: chosenKinds(flags, saved),
		schema: flags.snapshot ?? saved.snapshot ?? true,
		extensions: takesExtensions(flags, saved),
		specs: flags.specs ?? saved.specs ?? true,
		split: flags.split ?? saved.split ?? true,
		sortJson: flags.sortJson ?? saved.sortJson ?? false,
		syncPolicyRoles: flags.syncPolicyRoles ?? saved.syncPolicyRoles ?? true,
		keepSecrets: flags.keepSecrets ?? saved.keepSecrets ?? false,
		preserveIds: preserve === 'all' ? [...PRESERVABLE] : preserve,
		excludeTables: [...(flags.excludeTables ?? []), ...(saved.excludeTables ?? [])],
		moved: saved.moved ?? [],
		force: flags.force ?? saved.force ?? false,
		mirror: flags.mirror ?? saved.mirror ?? false,
		hooks: saved.hooks ?? {},
		keep: flags.keep ?? saved.keep ?? 'last',
		wait: {
			interval: flags.interval ?? saved.interval ?? 5,
			timeout: flags.timeout ?? saved.timeout ?? 90,
			successes: flags.successes ?? saved.successes ?? 1,
		},
		maxPushRetriesGiven: (flags.maxPushRetries ?? saved.maxPushRetries) !== undefined,
	};
}

const seconds = (value: number | undefined) => (value === undefined ? null : value * 1000);

/**
 * A token, or an email and password, from the nearest source that has one: a password that was typed is not outdone by
 * a token in a file.
 */
function credentials(...sources: Partial<Record<'directusToken' | 'directusEmail' | 'directusPassword', string>>[]) {
	const nearest = sources.find(({ directusToken, directusPassword }) => directusToken ?? directusPassword) ?? {};
	if (nearest.directusToken !== undefined) return { token: nearest.directusToken, email: null, password: null };
	const email = sources.find(({ directusEmail }) => directusEmail !== undefined)?.directusEmail ?? null;
	return { token: null, email, password: nearest.directusPassword ?? null };
}

/** With the elements, unless those that are wanted were named. */
const takesExtensions = (flags: Flags, saved: Partial<ConfigFile>): boolean =>
	(flags.extensions ?? saved.extensions ?? true) &&
	(flags.collections ?? saved.collections ?? true) &&
	(flags.onlyCollections ?? saved.onlyCollections ?? []).length === 0;

/** `-o` takes the place of the file's choice; what the file excludes stays excluded. */
function chosenKinds(flags: Flags, saved: Partial<ConfigFile>): ElementKind[] {
	if (!(flags.collections ?? saved.collections ?? true)) return [];
	const only = flags.onlyCollections ?? saved.onlyCollections ?? [];
	const excluded = [...(flags.excludeCollections ?? []), ...(saved.excludeCollections ?? [])];
	return ELEMENT_KINDS.filter((kind) => (only.length === 0 || only.includes(kind)) && !excluded.includes(kind));
}

/** For requests that read every row on both sides, in ms. */
export const timeoutForAllRows = ({ requestTimeout }: Pick<Options, 'requestTimeout'>): number =>
	requestTimeout ?? 600_000;
