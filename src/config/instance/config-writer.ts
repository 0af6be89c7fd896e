import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { ConfigWriter, Actor, FollowInQueue } from '../ports.js';
import { cascadeByHand } from './config-cascade.js';
import { createElementWriter } from './config-elements.js';
import { checkSeats } from './config-limits.js';
import { switchExtension } from './config-extensions.js';
import { applyMove } from './config-moves.js';
import { createSchemaWriter } from './config-schema.js';
import type { DirectusServices } from '../../kernel/directus-services.js';
import { recordPush } from '../tables/config-history.js';
import { forgetGoneIds, forgetIds, replaceIds } from '../tables/config-id-map.js';
import { recordSchema } from '../tables/config-schema-record.js';

/** What writing the configuration needs, whichever transaction it is written in. */
export interface WriterPorts {
	services: DirectusServices;
	getSchema: (options?: { database?: Knex; bypassCache?: boolean }) => Promise<SchemaOverview>;
	/** Whether the database commits each change of a table at once. */
	commitsAtOnce: boolean;
	followInQueue?: FollowInQueue;
}

export interface WriterOptions {
	/** The database deletes nothing along: that is done by hand. */
	foreignKeysAreOff: boolean;
	/** How many users the licence allows; null where that is not looked at. */
	seats: number | null;
	/** The schema, where no other process can have changed it. */
	schema: SchemaOverview | null;
}

/** Writes the configuration in a transaction, in the name of who pushes. */
export function configWriter(
	{ services, getSchema, commitsAtOnce, followInQueue }: WriterPorts,
	transaction: Knex,
	actor: Actor,
	options: WriterOptions,
): ConfigWriter {
	let known = options.schema;
	const schema = async () => (known ??= await getSchema({ database: transaction, bypassCache: true }));
	const schemaWriter = createSchemaWriter({
		database: transaction,
		services,
		readSchema: () => getSchema({ database: transaction, bypassCache: true }),
		commitsAtOnce,
	});
	const elements = createElementWriter({
		database: transaction,
		services,
		schema,
		accountability: actor.accountability,
		cascade: async (table, keys) => {
			if (options.foreignKeysAreOff) await cascadeByHand(transaction, table, keys);
		},
	});
	return {
		...elements,
		async applySchema(step) {
			if (step.action === 'move') {
				await applyMove(step, {
					database: transaction,
					services,
					schema: await schema(),
					commitsAtOnce,
					followInQueue,
				});
				schemaWriter.forget();
			} else await schemaWriter.apply(step);
			known = null;
		},
		switchExtension: async (id, enabled) =>
			switchExtension({ database: transaction, services, accountability: actor.accountability }, await schema(), {
				id,
				enabled,
			}),
		replaceIds: (kind, ids) => replaceIds(transaction, kind, ids),
		forgetIds: (kind, ids) => forgetIds(transaction, kind, ids),
		forgetGone: (kinds) => forgetGoneIds(transaction, kinds),
		recordSchema: (names) => recordSchema(transaction, names),
		record: (push, plan, trace) => recordPush(transaction, push, plan, trace),
		async verify() {
			await elements.checkRights();
			await checkSeats(transaction, options.seats);
		},
	};
}
