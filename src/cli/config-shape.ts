import { z } from 'zod';
import { ELEMENT_KINDS, type Element, type ElementKind, type Snapshot, moved } from '../contract/bundle.js';
import { FORBIDDEN } from '../config/core/plan/forbidden-steps.js';
import { readKinds, readPreservedKinds } from './kind-lists.js';
import { callable, clientConfig, type MaybePromise } from './client-config.js';
import type { HookClient } from './hook-client.js';
import { messageOf } from '../kernel/core/message-of.js';

/** A question to Directus for all elements of a kind, as its API takes it. */
export type Query = Record<string, unknown>;

/** What may be done to the elements of a kind on their way between an instance and its files. */
export interface KindHooks {
	/** Pull: narrows which elements belong to the configuration at all. */
	onQuery?: (query: Query, client: HookClient) => MaybePromise<Query>;
	/** Pull: the elements as the instance has them, before references become SyncIDs. */
	onDump?: (elements: Element[], client: HookClient) => MaybePromise<Element[]>;
	/** Pull: the elements as the files will have them. */
	onSave?: (elements: Element[], client: HookClient) => MaybePromise<Element[]>;
	/** Diff and push: the elements as the files have them. */
	onLoad?: (elements: Element[], client: HookClient) => MaybePromise<Element[]>;
}

export interface SnapshotHooks {
	onSave?: (snapshot: Snapshot, client: HookClient) => MaybePromise<Snapshot>;
	onLoad?: (snapshot: Snapshot, client: HookClient) => MaybePromise<Snapshot>;
}

export type Hooks = Partial<Record<ElementKind, KindHooks>> & { snapshot?: SnapshotHooks };

const kindHooks = z.strictObject({
	onQuery: callable<NonNullable<KindHooks['onQuery']>>().optional(),
	onDump: callable<NonNullable<KindHooks['onDump']>>().optional(),
	onSave: callable<NonNullable<KindHooks['onSave']>>().optional(),
	onLoad: callable<NonNullable<KindHooks['onLoad']>>().optional(),
});

const hooks = z.strictObject({
	...(Object.fromEntries(ELEMENT_KINDS.map((kind) => [kind, kindHooks.optional()])) as Record<
		ElementKind,
		z.ZodOptional<typeof kindHooks>
	>),
	snapshot: z
		.strictObject({
			onSave: callable<NonNullable<SnapshotHooks['onSave']>>().optional(),
			onLoad: callable<NonNullable<SnapshotHooks['onLoad']>>().optional(),
		})
		.optional(),
});

/** Runs a reader that throws, and makes its message the issue. */
const read =
	<In, Out>(reader: (value: In) => Out) =>
	(value: In, context: z.RefinementCtx): Out => {
		try {
			return reader(value);
		} catch (error) {
			context.addIssue({ code: 'custom', message: messageOf(error) });
			return z.NEVER;
		}
	};

const kinds = z.array(z.string()).transform(read(readKinds));
const preserved = z
	.union([z.enum(['all', '*']), z.array(z.string())])
	.transform(read((value) => readPreservedKinds(typeof value === 'string' ? [value] : value)));

const name = z.string().min(1);
const number = z.coerce.number();

const environment = z.strictObject({
	directusUrl: name.optional(),
	directusToken: name.optional(),
	directusEmail: name.optional(),
	directusPassword: name.optional(),
	/** A push needs its name typed, or `--yes --expect`. */
	protected: z.boolean().optional(),
	/** What no push to it may do, even with consent. */
	forbid: z.array(z.enum(FORBIDDEN)).optional(),
	/** Values of this environment only, by element (`flows:4f…`, `settings`) and path. */
	overlays: z.record(name, z.record(name, z.unknown())).optional(),
});
export type EnvironmentConfig = z.output<typeof environment>;

/** A configuration file: the keys of `directus-sync`, and what is new. All are optional. */
export const configFile = z.strictObject({
	extends: z.union([name.transform((path) => [path]), z.array(name)]).optional(),
	debug: z.boolean().optional(),
	directusUrl: name.optional(),
	directusToken: name.optional(),
	directusEmail: name.optional(),
	directusPassword: name.optional(),
	directusConfig: clientConfig.optional(),
	requestTimeout: number.min(1).optional(),
	sortJson: z.boolean().optional(),
	dumpPath: name.optional(),
	maxPushRetries: number.optional(),
	collectionsPath: name.optional(),
	excludeCollections: kinds.optional(),
	/** Collections that are left alone, by name; `*` stands for any characters. */
	excludeTables: z.array(name).optional(),
	/** Collections and fields that have another name from now on, and keep their data. */
	moved: z.array(moved).optional(),
	onlyCollections: kinds.optional(),
	collections: z.boolean().optional(),
	preserveIds: preserved.optional(),
	snapshotPath: name.optional(),
	snapshot: z.boolean().optional(),
	split: z.boolean().optional(),
	prettyDiff: z.boolean().optional(),
	specsPath: name.optional(),
	specs: z.boolean().optional(),
	extensions: z.boolean().optional(),
	syncPolicyRoles: z.boolean().optional(),
	keepSecrets: z.boolean().optional(),
	force: z.boolean().optional(),
	mirror: z.boolean().optional(),
	seedPath: z.union([name.transform((path) => [path]), z.array(name)]).optional(),
	keep: z.enum(['first', 'last']).optional(),
	interval: number.min(0).optional(),
	timeout: number.min(1).optional(),
	successes: number.min(1).optional(),
	environments: z.record(name, environment).optional(),
	hooks: hooks.optional(),
});
export type ConfigFile = z.output<typeof configFile>;
export type ConfigKey = keyof ConfigFile;
export const CONFIG_KEYS = Object.keys(configFile.shape) as ConfigKey[];
