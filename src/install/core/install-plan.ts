import type { CollectionDefinition, FieldDefinition, RelationDefinition } from '../../../schema.js';

/** Collections that only work together: either all of them are ours (or absent), or none is touched. */
export interface InstallPart {
	collections: CollectionDefinition[];
	relations: RelationDefinition[];
}

/** A field as the database and Directus know it. */
export interface ExistingField {
	/** The table has a column of that name. */
	column: boolean;
	/** Directus has settings for it (a row in `directus_fields`). */
	settings: boolean;
	special: string[];
	/** The column's type, as the database calls it. */
	dbType: string | null;
	/** Rows whose value is readable as it is: not empty, and not encrypted. */
	plainText: number;
}

/** What exists under a collection's name. */
export interface ExistingCollection {
	table: boolean;
	/** Directus has settings for it (a row in `directus_collections`). */
	registered: boolean;
	/** The primary key, null where the table has none that Directus can use. */
	primary: string | null;
	fields: Map<string, ExistingField>;
}

export interface ExistingRelation {
	collection: string;
	field: string;
	/** The row in `directus_relations`; null where there is only a foreign key. */
	meta: Record<string, unknown> | null;
}

export interface Existing {
	collections: Map<string, ExistingCollection>;
	relations: ExistingRelation[];
	/** Whether the database refuses text that is longer than its column says. SQLite does not. */
	enforcesLengths: boolean;
	/** Whether the project has a SECRET of its own; without one, what is encrypted now is lost at the next start. */
	secretIsSet: boolean;
}

export type InstallStep =
	| { kind: 'create-collection'; collection: string; definition: CollectionDefinition }
	| { kind: 'register-collection'; collection: string; definition: CollectionDefinition }
	/** `settings` says that Directus knows the field already, and only its column is gone. */
	| { kind: 'add-field'; collection: string; field: FieldDefinition; settings: boolean }
	| { kind: 'register-field'; collection: string; field: FieldDefinition; sort: number }
	| { kind: 'widen-field'; collection: string; field: FieldDefinition }
	| { kind: 'encrypt-field'; collection: string; field: FieldDefinition; special: string[] }
	| { kind: 'encrypt-values'; collection: string; field: FieldDefinition; rows: number }
	| { kind: 'add-relation'; collection: string; relation: RelationDefinition }
	/** `meta` is what the relation lacks; `known` whether it has settings at all. */
	| {
			kind: 'complete-relation';
			collection: string;
			relation: RelationDefinition;
			meta: Record<string, unknown>;
			known: boolean;
	  };

/** What would be done, in this order. If anything is refused, there are no steps. */
export interface InstallPlan {
	refused: { collection: string; reason: string }[];
	steps: InstallStep[];
	/** Why something that should be done is left for later. */
	warnings: string[];
}

export type Recognised = { kind: 'absent' } | { kind: 'ours' } | { kind: 'something-else'; reason: string };

/**
 * Whose the collection is. Ours is what has the primary key and the columns of `recognisedBy`, whether
 * Directus knows the table or not: MySQL commits a table at once, so a start that broke off leaves one unregistered.
 *
 * @param dispensable columns that it may have lost
 */
export function recognise(
	definition: CollectionDefinition,
	existing: ExistingCollection,
	dispensable: string[] = [],
): Recognised {
	if (!existing.table && !existing.registered) return { kind: 'absent' };
	const elsewise = (what: string): Recognised => ({ kind: 'something-else', reason: refusal(definition, what) });
	if (!existing.table) return elsewise('a folder, or a collection whose table is gone');
	const missing = definition.recognisedBy.filter(
		(field) => !existing.fields.get(field)?.column && !dispensable.includes(field),
	);
	const columns = [...existing.fields].filter(([, field]) => field.column).map(([name]) => name);
	const registered = existing.registered ? '' : 'a table that Directus does not manage, ';
	if (missing.length > 0)
		return elsewise(`${registered}without ${list(missing)} (it has ${list(columns) || 'no usable columns'})`);
	const key = primaryKey(definition);
	if (existing.primary !== key) return elsewise(`${registered}with the primary key ${existing.primary ?? '(none)'}`);
	return { kind: 'ours' };
}

/** The steps from what there is to what the definitions say. Asked again after they were taken, it has none. */
export function planInstall(part: InstallPart, existing: Existing): InstallPlan {
	const plan: InstallPlan = { refused: [], steps: [], warnings: [] };
	const absent = new Set(
		part.collections
			.filter((definition) => recognise(definition, at(existing, definition)).kind === 'absent')
			.map(({ collection }) => collection),
	);
	const fieldSteps: InstallStep[] = [];
	const valueSteps: InstallStep[] = [];
	for (const definition of part.collections) {
		const { collection } = definition;
		const current = at(existing, definition);
		// Directus deletes a collection together with the columns that lead to it: the junction is ours even so.
		const dispensable = part.relations
			.filter((relation) => relation.collection === collection && absent.has(relation.related_collection))
			.map(({ field }) => field);
		const recognised = recognise(definition, current, dispensable);
		if (recognised.kind === 'something-else') plan.refused.push({ collection, reason: recognised.reason });
		else if (recognised.kind === 'absent') plan.steps.push({ kind: 'create-collection', collection, definition });
		else {
			if (!current.registered) plan.steps.push({ kind: 'register-collection', collection, definition });
			for (const field of definition.fields) {
				const { steps, values, warning } = planField(definition, field, current.fields.get(field.field), existing);
				fieldSteps.push(...steps);
				valueSteps.push(...values);
				if (warning) plan.warnings.push(warning);
			}
		}
	}
	if (plan.refused.length > 0) return { refused: plan.refused, steps: [], warnings: [] };
	plan.steps.push(...fieldSteps, ...planRelations(part, existing), ...valueSteps);
	return plan;
}

/**
 * For a project in which nothing may be altered, since `variable` is set in its environment: what cannot work at all,
 * and what its owner still has to provide.
 */
export function judgeUntouched(part: InstallPart, existing: Existing, variable: string): Omit<InstallPlan, 'steps'> {
	const { refused, steps } = planInstall(part, existing);
	const absent = steps.filter(({ kind }) => kind === 'create-collection').map(({ collection }) => collection);
	if (absent[0] !== undefined) {
		const names = absent.map((collection) => `"${collection}"`).join(' and ');
		const [are, it] = absent.length > 1 ? ['do not exist', 'them'] : ['does not exist', 'it'];
		const reason =
			`${names} ${are}, and ${variable} forbids creating ${it}. Create ${it} with the fields that schema.ts lists, ` +
			`or unset ${variable}; then restart Directus.`;
		refused.push({ collection: absent[0], reason });
	}
	if (refused.length > 0) return { refused, warnings: [] };
	const missing = steps.flatMap((step) =>
		step.kind === 'add-field' ? [`${step.collection}.${step.field.field}`] : [],
	);
	if (missing.length === 0) return { refused, warnings: [] };
	const warning = `${variable} is set, and these fields are missing: ${missing.join(', ')}. What needs them does not work.`;
	return { refused, warnings: [warning] };
}

/** Whether a stored value is one that Directus encrypted: `1||scrypt||N||r||p||salt||iv||text||tag`. */
export function isEncrypted(value: string): boolean {
	return value.startsWith('1||scrypt||') && value.split('||').length === 9;
}

export function isEncryptedField({ meta }: FieldDefinition): boolean {
	return Array.isArray(meta['special']) && meta['special'].includes('encrypt');
}

/** Summarises the steps taken: collections that were created, and fields of others that were added or changed. */
export function summarise(taken: InstallStep[]): {
	created: string[];
	extended: { collection: string; fields: string[] }[];
} {
	const created = taken.filter(({ kind }) => kind === 'create-collection').map(({ collection }) => collection);
	const extended = new Map<string, Set<string>>();
	for (const step of taken) {
		if (created.includes(step.collection)) continue;
		const fields = extended.get(step.collection) ?? new Set();
		extended.set(step.collection, fields);
		if ('relation' in step) fields.add(step.relation.field);
		else if ('field' in step) fields.add(step.field.field);
	}
	return { created, extended: [...extended].map(([collection, fields]) => ({ collection, fields: [...fields] })) };
}

/** A step in words, for the log. */
export function describeStep(step: InstallStep): string {
	switch (step.kind) {
		case 'create-collection':
			return `create the collection ${step.collection}`;
		case 'register-collection':
			return `register the table ${step.collection} as a collection`;
		case 'add-field':
			return `add the field ${step.collection}.${step.field.field}`;
		case 'register-field':
			return `give ${step.collection}.${step.field.field} its settings`;
		case 'widen-field':
			return `make ${step.collection}.${step.field.field} long enough for encrypted text`;
		case 'encrypt-field':
			return `have ${step.collection}.${step.field.field} encrypted from now on`;
		case 'encrypt-values':
			return `encrypt ${step.collection}.${step.field.field} in ${step.rows} row${step.rows === 1 ? '' : 's'}`;
		case 'add-relation':
			return `relate ${step.collection}.${step.relation.field} to ${step.relation.related_collection}`;
		case 'complete-relation':
			return `complete the relation of ${step.collection}.${step.relation.field} to ${step.relation.related_collection}`;
	}
}

const ABSENT: ExistingCollection = { table: false, registered: false, primary: null, fields: new Map() };

function at(existing: Existing, { collection }: CollectionDefinition): ExistingCollection {
	return existing.collections.get(collection) ?? ABSENT;
}

/** The types of text columns that are cut off, or refuse, what is longer than they were declared. */
const SHORT_TEXT = /^(character varying|varchar|nvarchar|character|char)\b/i;

function planField(
	{ collection, fields }: CollectionDefinition,
	field: FieldDefinition,
	current: ExistingField | undefined,
	existing: Existing,
): { steps: InstallStep[]; values: InstallStep[]; warning?: string } {
	if (!current || (!current.column && field.type !== 'alias'))
		return { steps: [{ kind: 'add-field', collection, field, settings: current?.settings ?? false }], values: [] };
	const steps: InstallStep[] = [];
	const values: InstallStep[] = [];
	if (isEncryptedField(field)) {
		if (current.plainText > 0 && !existing.secretIsSet) {
			const place = `${collection}.${field.field}`;
			const warning = `${place} stays readable as it is: encrypting it needs the environment variable SECRET, which is not set. Set it and restart Directus.`;
			return { steps, values, warning };
		}
		if (existing.enforcesLengths && SHORT_TEXT.test(current.dbType ?? ''))
			steps.push({ kind: 'widen-field', collection, field });
		if (current.settings && !current.special.includes('encrypt')) {
			// Directus would mask the value before it came to decrypting it.
			const special = [...current.special.filter((name) => name !== 'conceal'), 'encrypt'];
			steps.push({ kind: 'encrypt-field', collection, field, special });
		}
		if (current.plainText > 0) values.push({ kind: 'encrypt-values', collection, field, rows: current.plainText });
	}
	if (!current.settings) steps.push({ kind: 'register-field', collection, field, sort: fields.indexOf(field) + 1 });
	return { steps, values };
}

function planRelations(part: InstallPart, existing: Existing): InstallStep[] {
	return part.relations.flatMap((relation): InstallStep[] => {
		const { collection } = relation;
		const current = existing.relations.find(
			(other) => other.collection === collection && other.field === relation.field,
		);
		if (!current) return [{ kind: 'add-relation', collection, relation }];
		// Only gaps are filled: what was set differently stays.
		const meta = Object.fromEntries(
			Object.entries(relation.meta).filter(([name]) => (current.meta?.[name] ?? null) === null),
		);
		if (current.meta && Object.keys(meta).length === 0) return [];
		return [{ kind: 'complete-relation', collection, relation, meta, known: current.meta !== null }];
	});
}

function primaryKey(definition: CollectionDefinition): string | undefined {
	return definition.fields.find(({ schema }) => schema?.['is_primary_key'] === true)?.field;
}

function refusal(definition: CollectionDefinition, actual: string): string {
	const { collection, recognisedBy } = definition;
	return (
		`"${collection}" is not the collection that Downstream needs under that name: expected a collection with the primary key ` +
		`${primaryKey(definition) ?? 'id'} and the fields ${list(recognisedBy)}, found ${actual}. Nothing was altered. ` +
		`Rename or remove "${collection}", then restart Directus.`
	);
}

function list(names: string[]): string {
	return names.join(', ');
}
