import type { WireValue } from '../merge/row-state.js';

/** How one field of a synced collection travels. */
export interface SyncField {
	field: string;
	/**
	 * `value`: as it is, in normal form. `reference`: a many-to-one, by the sync id of what it leads to. `many-to-any`:
	 * likewise, with the collection that `typeField` names. `user`: by what the user is known by on every instance.
	 */
	kind: 'value' | 'reference' | 'many-to-any' | 'user';
	/** Directus' type of the field: `string`, `timestamp`, `json`, … */
	type: string;
	/** Where a reference leads; null for others. */
	related: string | null;
	/** The field that names the collection of a many-to-any reference; null for others. */
	typeField: string | null;
	/** The database refuses a row without it. */
	required: boolean;
	/** In wire form, what the database fills in where no value is given; absent where that is nothing. */
	default?: WireValue;
	/** Ids of items of these collections, inside the value, are rewritten to those of each instance. */
	rewrites?: ReadonlySet<string>;
}

/** What of one collection travels over one link, or is kept of it here. */
export interface SyncModel {
	collection: string;
	primary: string;
	/** Where keys come from: `uuid` is kept on every instance, `integer` is allocated by each, `text` is proposed. */
	keyType: 'uuid' | 'integer' | 'text';
	singleton: boolean;
	/** By name, the primary key not among them. */
	fields: Map<string, SyncField>;
	/** The two fields whose ends identify a row of a plain many-to-many junction; null for other collections. */
	junction: [string, string] | null;
	/** Fields whose values say which row is meant, also of rows that no other instance has heard of. */
	match?: readonly string[];
}
