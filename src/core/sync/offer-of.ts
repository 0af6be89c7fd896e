import type { SchemaOverview } from '@directus/types';
import { createHash } from 'node:crypto';
import { isSecret } from '../field-path.js';
import { isRequired, keyTypeOf } from './build-sync-model.js';
import type { CollectionOffer } from './messages.js';
import { canonical } from '../same-value.js';
import { refusedCollection } from './refused-collections.js';
import { relationAt } from './sync-fields.js';

/** What a user may do with a collection; `*` among the fields = all of them. */
interface Access {
	create: ReadonlySet<string>;
	update: ReadonlySet<string>;
	delete: boolean;
}

const ABSENT: CollectionOffer = {
	exists: false,
	primary: null,
	key_type: null,
	singleton: false,
	create: false,
	update: false,
	delete: false,
	fields: {},
};

/** What this instance says of one of its collections to another that comes as a user with this access. */
export function offerOf(collection: string, schema: SchemaOverview, access: Access): CollectionOffer {
	const overview = Object.hasOwn(schema.collections, collection) ? schema.collections[collection] : undefined;
	// What is never synced is nobody's business, and neither are secret fields.
	if (!overview || refusedCollection(collection)) return ABSENT;
	const may = (fields: ReadonlySet<string>, field: string) => fields.has('*') || fields.has(field);
	const columns = Object.values(overview.fields).filter(({ alias, special }) => !alias && !isSecret(special));
	return {
		exists: true,
		primary: overview.primary,
		key_type: keyTypeOf(schema, collection),
		singleton: overview.singleton,
		create: access.create.size > 0,
		update: access.update.size > 0,
		delete: access.delete,
		fields: Object.fromEntries(
			columns.map((column) => [
				column.field,
				{
					type: column.type,
					nullable: column.nullable,
					required: isRequired(column),
					related: relationAt(schema, collection, column.field)?.related_collection ?? null,
					create: may(access.create, column.field),
					update: may(access.update, column.field),
				},
			]),
		),
	};
}

/** The same for the same offer, and another for another. */
export const fingerprintOf = (offer: CollectionOffer): string =>
	createHash('sha256').update(canonical(offer)).digest('base64url').slice(0, 22);
