import type { Logger } from '../kernel/ports.js';
import type { ApiCollection, ExtensionsServices, Field, RawField, Relation, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Environment } from '../../schema.js';
import {
	describeStep,
	type Existing,
	type ExistingCollection,
	type ExistingField,
	type InstallPart,
	type InstallPlan,
	type InstallStep,
	isEncrypted,
	isEncryptedField,
	judgeUntouched,
	planInstall,
} from './core/install-plan.js';
import { messageOf } from '../kernel/core/message-of.js';

/** What installing needs of Directus. */
export interface InstallPorts {
	services: ExtensionsServices;
	getSchema: (options?: { database?: Knex; bypassCache?: boolean }) => Promise<SchemaOverview>;
	database: Knex;
	logger: Logger;
	environment: Environment;
	/** Whether the project sets SECRET: Directus makes one up otherwise, and what it encrypts is lost at the next start. */
	secretIsSet: boolean;
	/** Does the work while no other node does the same. */
	withLock: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Brings the collections of one part into the project: creates what is absent, adds to what the predecessor
 * left, leaves alone what is not ours. Every start computes the difference anew, so a start that broke off is
 * continued by the next.
 *
 * @param taken the steps, as they are taken: complete up to a failure, too
 * @throws where a step fails, saying which
 */
export async function installCollections(
	ports: InstallPorts,
	part: InstallPart,
	taken: InstallStep[],
): Promise<Omit<InstallPlan, 'steps'>> {
	const { logger, withLock } = ports;
	let plan = planInstall(part, await find(ports, part));
	if (plan.steps.length > 0 || plan.refused.length > 0) {
		plan = await withLock(async () => {
			// Another node may have been half way through when this one looked, and done while it waited.
			const current = planInstall(part, await find(ports, part));
			for (const step of current.steps) {
				logger.debug(`[downstream] installing: ${describeStep(step)}`);
				await take(ports, step).catch((error: unknown) => {
					throw new Error(`could not ${describeStep(step)}: ${sentence(error)}`, { cause: error });
				});
				taken.push(step);
			}
			return current;
		});
	}
	await refreshSchema(ports, part);
	return plan;
}

/** For a part that the environment forbids to change: what is wrong with it, and what it lacks. */
export async function judgeCollections(
	ports: InstallPorts,
	part: InstallPart,
	variable: string,
): Promise<Omit<InstallPlan, 'steps'>> {
	return judgeUntouched(part, await find(ports, part), variable);
}

async function find(
	{ services, getSchema, database, environment, secretIsSet }: InstallPorts,
	part: InstallPart,
): Promise<Existing> {
	const schema = await getSchema({ database, bypassCache: true });
	const names = part.collections.map(({ collection }) => collection);
	const read = <T extends object>(collection: string, fields: string[]) =>
		new services.ItemsService<T & Record<string, unknown>>(collection, {
			knex: database,
			schema,
			accountability: null,
		}).readByQuery({ filter: { collection: { _in: names } }, fields, limit: -1 }, { emitEvents: false });
	const registered = await read<{ collection: string }>('directus_collections', ['collection']);
	const settings = await read<{ collection: string; field: string; special: string[] | null }>('directus_fields', [
		'collection',
		'field',
		'special',
	]);
	const collections = new Map<string, ExistingCollection>();
	for (const { collection, fields: defined } of part.collections) {
		const overview = schema.collections[collection];
		const fields = new Map<string, ExistingField>();
		for (const [name, field] of Object.entries(overview?.fields ?? {})) {
			if (!field.alias)
				fields.set(name, { column: true, settings: false, special: [], dbType: field.dbType, plainText: 0 });
		}
		for (const row of settings.filter((row) => row.collection === collection)) {
			const column = fields.get(row.field) ?? { column: false, dbType: null, plainText: 0 };
			fields.set(row.field, { ...column, settings: true, special: row.special ?? [] });
		}
		for (const { field } of defined.filter(isEncryptedField)) {
			const known = fields.get(field);
			if (!known?.column) continue;
			known.plainText = (await plainTextRows(database, collection, overview?.primary ?? 'id', field)).length;
		}
		collections.set(collection, {
			// A table without a primary key is missing from Directus' schema, and still takes the name.
			table: overview !== undefined || (await database.schema.hasTable(collection)),
			registered: registered.some((row) => row.collection === collection),
			primary: overview?.primary ?? null,
			fields,
		});
	}
	const relations = schema.relations.map(({ collection, field, meta }) => ({ collection, field, meta }));
	return { collections, relations, enforcesLengths: !environment.DB_CLIENT.startsWith('sqlite'), secretIsSet };
}

async function take(ports: InstallPorts, step: InstallStep): Promise<void> {
	const { services, getSchema, database } = ports;
	// Each step needs the schema that the one before it left; the services refuse what an older one does not list.
	const options = { knex: database, schema: await getSchema({ database, bypassCache: true }), accountability: null };
	const quiet = { emitEvents: false };
	const { collection } = step;
	const collections = new services.CollectionsService(options);
	const fields = new services.FieldsService(options);
	switch (step.kind) {
		case 'create-collection': {
			// The service writes into what it is given: hence the clones.
			const { meta, fields } = structuredClone(step.definition);
			await collections.createOne({ collection, schema: {}, meta, fields: fields as RawField[] }, quiet);
			return;
		}
		case 'register-collection': {
			const meta = structuredClone(step.definition.meta) as unknown as ApiCollection['meta'];
			await collections.updateOne(collection, { meta }, quiet);
			return;
		}
		case 'add-field':
			if (step.settings) {
				const leftover = { filter: { collection: { _eq: collection }, field: { _eq: step.field.field } } };
				await new services.ItemsService('directus_fields', options).deleteByQuery(leftover, quiet);
			}
			await fields.createField(collection, structuredClone(step.field) as unknown as Field, undefined, quiet);
			return;
		case 'register-field':
			await updateField({ meta: { ...structuredClone(step.field.meta), sort: step.sort } });
			return;
		case 'widen-field':
			await updateField({ type: 'text', schema: { data_type: 'text', max_length: null } });
			return;
		case 'encrypt-field':
			await updateField({ meta: { special: step.special } });
			return;
		case 'encrypt-values':
			await encryptValues(ports, options.schema, collection, step.field.field);
			return;
		case 'add-relation':
			await new services.RelationsService(options).createOne(
				structuredClone(step.relation) as unknown as Relation,
				quiet,
			);
			return;
		case 'complete-relation': {
			// Through the items, since the service would drop the foreign key and make it again, with another rule.
			const items = new services.ItemsService('directus_relations', options);
			const { field, related_collection } = step.relation;
			const known = options.schema.relations.find(
				(other) => other.collection === collection && other.field === field,
			)?.meta;
			if (known) await items.updateOne(known.id, step.meta, quiet);
			else
				await items.createOne(
					{ ...step.meta, many_collection: collection, many_field: field, one_collection: related_collection },
					quiet,
				);
		}
	}
	async function updateField(change: Record<string, unknown>): Promise<void> {
		if ('field' in step)
			await fields.updateField(collection, { field: step.field.field, ...change } as RawField, quiet);
	}
}

/**
 * Encrypts values that are stored in plain text, with Directus' own `encrypt` special (so that its reads decrypt it). Not
 * through `ItemsService.updateOne`, which would also stamp `user_updated` and `date_updated`. A row that somebody
 * changes meanwhile is left to what they wrote.
 */
async function encryptValues(
	{ services, database }: InstallPorts,
	schema: SchemaOverview,
	collection: string,
	field: string,
): Promise<void> {
	const key = schema.collections[collection]?.primary ?? 'id';
	const payloads = new services.PayloadService(collection, { knex: database, schema, accountability: null });
	for (const row of await plainTextRows(database, collection, key, field)) {
		const encrypted: unknown = (await payloads.processValues('update', { [field]: row.value }))[field];
		const back: unknown =
			typeof encrypted === 'string' && isEncrypted(encrypted)
				? (await payloads.processValues('read', { [field]: encrypted }))[field]
				: null;
		// The readable value is the only copy there is.
		if (back !== row.value)
			throw new Error(`Directus did not encrypt ${collection}.${field} in a way that can be read back.`);
		await database(collection)
			.where({ [key]: row.key, [field]: row.value })
			.update({ [field]: encrypted });
	}
}

async function plainTextRows(
	database: Knex,
	collection: string,
	key: string,
	field: string,
): Promise<{ key: string; value: string }[]> {
	const rows = await database(collection)
		.whereNotNull(field)
		.select<{ key: string; value: unknown }[]>({ key, value: field });
	return rows.flatMap(({ key, value }) =>
		typeof value === 'string' && value !== '' && !isEncrypted(value) ? [{ key, value }] : [],
	);
}

/** A sentence, whether the error's own message was one or not. */
export function sentence(error: unknown): string {
	const text = messageOf(error);
	return /[.!?]$/.test(text) ? text : `${text}.`;
}

/**
 * Has this node forget its schema where that is older than the database. Services do so for their own changes, but
 * without Redis a node is not told of what another node installed while it was starting.
 */
async function refreshSchema({ services, getSchema, database }: InstallPorts, part: InstallPart): Promise<void> {
	const ours = ({ collections, relations }: SchemaOverview) =>
		JSON.stringify([
			part.collections.map(({ collection }) => collections[collection]),
			relations.filter((relation) => part.collections.some(({ collection }) => relation.collection === collection)),
		]);
	const schema = await getSchema({ database, bypassCache: true });
	if (ours(await getSchema({ database })) === ours(schema)) return;
	const accountability = { role: null, roles: [], user: null, admin: true, app: false, ip: null };
	await new services.UtilsService({ knex: database, schema, accountability }).clearCache({ system: true });
}
