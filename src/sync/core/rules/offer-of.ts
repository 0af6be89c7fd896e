import type { FieldOverview, SchemaOverview } from '@directus/types';
import { createHash } from 'node:crypto';
import { fieldRefusal } from '../../../kernel/core/never-sent.js';
import { isRequired, keyTypeOf } from './build-sync-model.js';
import type { CollectionOffer } from '../../../contract/sync-messages.js';
import { mayUse, type Permitted } from '../wire/permitted-change.js';
import { canonical } from '../../../kernel/core/same-value.js';
import { refusedCollection } from './refused-collections.js';
import { relationAt } from './sync-fields.js';

/** What a user may do with a collection; `*` among the fields = all of them. */
type Access = Pick<Permitted, 'create' | 'update' | 'read' | 'delete'>;

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
	// Collections and fields that are never synced are not even mentioned.
	if (!overview || refusedCollection(collection)) return ABSENT;
	// A collection without any permission is only named.
	const isHidden = access.create.size + access.update.size + access.read.size === 0 && !access.delete;
	if (isHidden) return { ...ABSENT, exists: true };
	const { create, update, read } = access;
	// If a required field is missing, Directus refuses the creation and names the field.
	const mayName = (column: FieldOverview) =>
		[create, update, read].some((fields) => mayUse(fields, column.field)) || (create.size > 0 && isRequired(column));
	const columns = Object.values(overview.fields).filter(
		(column) => !column.alias && fieldRefusal(schema, collection, column.field) === null && mayName(column),
	);
	return {
		exists: true,
		primary: overview.primary,
		key_type: keyTypeOf(schema, collection),
		singleton: overview.singleton,
		create: create.size > 0,
		update: update.size > 0,
		delete: access.delete,
		fields: Object.fromEntries(
			columns.map((column) => [
				column.field,
				{
					type: column.type,
					nullable: column.nullable,
					required: isRequired(column),
					related: relationAt(schema, collection, column.field)?.related_collection ?? null,
					create: mayUse(create, column.field),
					update: mayUse(update, column.field),
				},
			]),
		),
		...([create, update, read].some((fields) => fields.has('*')) ? {} : { partial: true as const }),
	};
}

/** The same for the same offer, and another for another. */
export const fingerprintOf = (offer: CollectionOffer): string =>
	createHash('sha256').update(canonical(offer)).digest('base64url').slice(0, 22);
