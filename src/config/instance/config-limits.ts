import type { Knex } from 'knex';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigLimits } from '../core/elements/config-state.js';

/** What of Directus 12's entitlements is asked. */
interface Entitlements {
	/** -1 where there is no limit. */
	getEntitlementLimit(key: 'collections' | 'flows' | 'seats'): number;
	getUsage(key: 'collections' | 'flows' | 'seats', options: { knex: Knex }): Promise<number>;
	isEntitled(key: 'custom_permission_rules_enabled'): boolean;
}

/** Where Directus' own packages are looked for: beside the program that runs, and in the project. */
const PLACES = [process.argv[1], join(process.cwd(), 'package.json')];

let cached: Promise<Entitlements | null> | undefined;

/**
 * How much the licence lets this instance have. Only read: Directus' services enforce it in any case, but one by one and
 * half way through. Directus 11 has no such limits; where they cannot be found out, none are told, and Directus'
 * own refusal rolls the push back.
 */
export async function readConfigLimits(database: Knex): Promise<ConfigLimits> {
	const entitlements = await (cached ??= findEntitlements());
	return {
		collections: await limitOf(entitlements, 'collections', database),
		flows: await limitOf(entitlements, 'flows', database),
		seats: await limitOf(entitlements, 'seats', database),
		customPermissionRules: entitlements?.isEntitled('custom_permission_rules_enabled') ?? true,
	};
}

/** How many users take a seat; null where their number has no limit. */
export async function readSeats(database: Knex): Promise<number | null> {
	const { used, limit } = await limitOf(await (cached ??= findEntitlements()), 'seats', database);
	return limit === null ? null : used;
}

type Countable = 'collections' | 'flows' | 'seats';

async function limitOf(
	entitlements: Entitlements | null,
	key: Countable,
	database: Knex,
): Promise<{ used: number; limit: number | null }> {
	const limit = entitlements?.getEntitlementLimit(key) ?? -1;
	if (!entitlements || limit === -1) return { used: 0, limit: null };
	return { used: await entitlements.getUsage(key, { knex: database }), limit };
}

/**
 * Refuses where more users would take a seat than the licence allows, and more than before: the same that Directus checks
 * after each change of rights, once for all of them.
 * @param before how many took one before
 */
export async function checkSeats(database: Knex, before: number | null): Promise<void> {
	if (before === null) return;
	const { used, limit } = await limitOf(await (cached ??= findEntitlements()), 'seats', database);
	if (limit !== null && used > limit && used > before)
		throw new Error(`${used} users would take a seat; the licence of this instance allows ${limit}`);
}

async function findEntitlements(): Promise<Entitlements | null> {
	for (const place of PLACES.filter((path) => path !== undefined)) {
		try {
			// The very module that Directus itself has loaded, with the licence that it has verified.
			const directus = createRequire(createRequire(place).resolve('directus/package.json'));
			const file = directus.resolve('@directus/api/license/entitlements/manager');
			const module = (await import(pathToFileURL(file).href)) as { getEntitlementManager?: () => Entitlements };
			if (module.getEntitlementManager) return module.getEntitlementManager();
		} catch {
			// Not there, or a Directus without licences.
		}
	}
	return null;
}
