import type { Issue } from '../../../contract/issue.js';
import { listed } from '../../../kernel/core/listed.js';
import { pointer } from '../../../kernel/core/rule-issues.js';
import type { CompiledSyncRule } from './compile-sync-rules.js';
import { FILE_CONTENT, FILE_STORAGE, FILES } from '../../../kernel/core/file-content.js';
import type { CollectionOffer } from '../../../contract/sync-messages.js';
import type { SyncField } from './sync-model.js';

/** What becomes of one field on the other side: only one that fits is sent. */
export type FieldFit = 'fits' | 'missing' | 'incompatible' | 'not-permitted';

/** How a rule's collection here fits the one of another instance. */
export interface SchemaFit {
	fields: Map<string, FieldFit>;
	/** The fields that cannot be sent, and why. */
	held: Map<string, string>;
	/** Why nothing of the collection can be sent; empty where it can. The other collections go on. */
	stops: Issue[];
	/** Fields that are not sent, or not permitted, while the rest of the collection is sent. */
	warnings: Issue[];
}

/** By our type, the types there that hold every value of it. The type itself always does. */
const ALSO_HELD_BY: Record<string, string[]> = {
	string: ['text'],
	text: ['string'],
	uuid: ['string', 'text'],
	integer: ['bigInteger', 'decimal', 'float'],
	bigInteger: ['decimal'],
	float: ['decimal'],
	// SQLite reports decimals as floats.
	decimal: ['float'],
};

/**
 * Compares the model of a rule with what the other instance says of its collection. Every sentence says what to do there.
 *
 * @param offer undefined where the other side was not asked for it, or did not answer
 * @param remoteName what people call the other instance
 */
export function fitSchema(
	compiled: CompiledSyncRule,
	offer: CollectionOffer | undefined,
	remoteName: string,
): SchemaFit {
	const { collection, singleton, keyType, fields } = compiled.model;
	const sends = compiled.rule.direction !== 'pull';
	const fit: SchemaFit = { fields: new Map(), held: new Map(), stops: [], warnings: [] };
	const stop = (code: string, message: string) => fit.stops.push({ path: placeOf(compiled), code, message });
	if (!offer?.exists) {
		for (const field of fields.keys()) fit.fields.set(field, 'missing');
		stop(
			'missing_collection',
			`${remoteName} has no collection "${collection}": create it there ("downstream push" carries the data model), or remove the rule`,
		);
		return fit;
	}
	if (isHidden(offer)) {
		for (const field of fields.keys()) fit.fields.set(field, sends ? 'not-permitted' : 'fits');
		if (sends) fit.warnings.push(...permissionWarnings(compiled, offer, remoteName));
		return fit;
	}
	if (offer.singleton !== singleton) {
		const [one, other] = singleton ? ['is a singleton here', 'is none'] : ['is no singleton here', 'is one'];
		stop('other_kind', `"${collection}" ${one} and ${other} at ${remoteName}: change one of the two`);
	} else if (!singleton && offer.key_type !== keyType)
		stop(
			'other_key_type',
			`the keys of "${collection}" are of the type ${keyType} here and ${offer.key_type ?? 'unknown'} at ${remoteName}: give the collection there the same kind of primary key`,
		);
	const told = new Map<FieldFit, { field: string; message: string }[]>();
	for (const field of fields.values()) {
		const { verdict, message } = fitField(field, collection, offer, { name: remoteName, sends });
		fit.fields.set(field.field, verdict);
		if (message === null) continue;
		told.set(verdict, [...(told.get(verdict) ?? []), { field: field.field, message }]);
		if (verdict !== 'not-permitted') fit.held.set(field.field, message);
		if (verdict === 'missing' && field.required)
			stop(
				'required_here',
				`${remoteName} has no field "${field.field}", which every item of "${collection}" must have here: add it there, or take it out of the rule`,
			);
	}
	for (const [verdict, some] of told) fit.warnings.push(...fieldWarnings(compiled, verdict, some, remoteName));
	if (!sends) return fit;
	for (const [name, { required }] of Object.entries(offer.fields)) {
		if (!required || name === offer.primary || isChosenThere(name, compiled) || isSent(name, compiled, fit)) continue;
		if (setOnArrival(compiled).includes(name)) continue;
		stop(
			'required_there',
			`${remoteName} takes no item of "${collection}" without "${name}", which it does not get: add it to the fields of the rule, or give it a default there`,
		);
	}
	for (const name of setOnArrival(compiled)) {
		const theirs = Object.hasOwn(offer.fields, name) ? offer.fields[name] : undefined;
		if (theirs?.create || theirs?.update) continue;
		const message = `"${name}" of "${collection}" is given a value on arrival, and our user at ${remoteName} may not write such a field: add it there, and to what the policy "Data Sync" permits`;
		fit.warnings.push({ path: placeOf(compiled), code: theirs ? 'not_permitted' : 'missing', message });
	}
	fit.warnings.push(...permissionWarnings(compiled, offer, remoteName));
	return fit;
}

/** What is wrong with fields of a collection; what is alike is said once. */
function fieldWarnings(
	compiled: CompiledSyncRule,
	verdict: FieldFit,
	told: { field: string; message: string }[],
	remoteName: string,
): Issue[] {
	const code = verdict.replace('-', '_');
	const [first] = told;
	if (!first || told.length === 1 || verdict === 'incompatible')
		return told.map(({ field, message }) => ({ path: placeOf(compiled, field), code, message }));
	const what = `${listed(told.map(({ field }) => `"${field}"`))} of "${compiled.model.collection}"`;
	const message =
		verdict === 'missing'
			? `${remoteName} has no fields ${what}: add them there, or take them out of the rule`
			: `our user at ${remoteName} may not write ${what}: add them to what the policy "Data Sync" permits there`;
	return [{ path: placeOf(compiled, first.field), code, message }];
}

/** Fields that the rule's `on_arrival` sets at the remote. */
const setOnArrival = ({ rule: { on_arrival } }: CompiledSyncRule): string[] =>
	Object.keys({ ...on_arrival?.create, ...on_arrival?.always });

/** Whether our user may do nothing with the collection at the remote, which therefore does not describe its fields. */
export const isHidden = (offer: CollectionOffer): boolean =>
	!offer.create && !offer.update && !offer.delete && Object.keys(offer.fields).length === 0;

function fitField(
	field: SyncField,
	collection: string,
	offer: CollectionOffer,
	remote: { name: string; sends: boolean },
): { verdict: FieldFit; message: string | null } {
	// The content of a file is not a column; it goes wherever files go.
	if (field.field === FILE_CONTENT) return { verdict: 'fits', message: null };
	const what = `"${field.field}" of "${collection}"`;
	const theirs = Object.hasOwn(offer.fields, field.field) ? offer.fields[field.field] : undefined;
	if (!theirs && offer.partial) {
		if (!remote.sends) return { verdict: 'fits', message: null };
		const message = `${remote.name} has no field ${what} that our user there may write: add it there, or to what the policy "Data Sync" permits there`;
		return { verdict: 'not-permitted', message };
	}
	if (!theirs) {
		const message = `${remote.name} has no field ${what}: add it there, or take it out of the rule`;
		return { verdict: 'missing', message };
	}
	const wrong = typeProblem(field, theirs);
	if (wrong !== null) {
		const message = `${what} ${wrong} at ${remote.name}: give both sides the same type, or take it out of the rule`;
		return { verdict: 'incompatible', message };
	}
	if (!remote.sends || theirs.create || theirs.update) return { verdict: 'fits', message: null };
	const message = `our user at ${remote.name} may not write ${what}: add it to what the policy "Data Sync" permits there`;
	return { verdict: 'not-permitted', message };
}

/** References are compared by where they lead, since their keys are of each instance's own kind. */
function typeProblem(field: SyncField, theirs: CollectionOffer['fields'][string]): string | null {
	if (field.kind === 'many-to-any')
		return theirs.related === null ? null : `may lead to several collections here, and only to ${theirs.related}`;
	if (field.kind !== 'value') {
		if (theirs.related === field.related) return null;
		return `leads to ${field.related} here, and to ${theirs.related ?? 'nothing'}`;
	}
	if (field.type === theirs.type || ALSO_HELD_BY[field.type]?.includes(theirs.type)) return null;
	// A geometry column of any shape takes them all.
	if (theirs.type === 'geometry' && field.type.startsWith('geometry')) return null;
	return `is of the type ${field.type} here, and ${theirs.type}`;
}

const isChosenThere = (name: string, { model }: CompiledSyncRule): boolean =>
	model.collection === FILES && name === FILE_STORAGE;

/** Whether a field that the remote requires is sent: by itself, or as the type field of a many-to-any relation. */
function isSent(name: string, { model, references }: CompiledSyncRule, fit: SchemaFit): boolean {
	return [...model.fields.values()].some(
		({ field, typeField }) =>
			(field === name || typeField === name) &&
			fit.fields.get(field) === 'fits' &&
			references.get(field)?.use !== 'stop',
	);
}

function permissionWarnings(compiled: CompiledSyncRule, offer: CollectionOffer, remoteName: string): Issue[] {
	const forbidden = (['create', 'update', 'delete'] as const).filter((action) => !offer[action]);
	if (forbidden.length === 0) return [];
	const { collection } = compiled.model;
	const message = `our user at ${remoteName} may not ${forbidden.join(' or ')} items of "${collection}": permit it in the policy "Data Sync" there, or such changes are refused one by one`;
	return [{ path: placeOf(compiled), code: 'not_permitted', message }];
}

/** The place of a rule, or of a field where the rule names it, in the source's `schema`. */
function placeOf({ index, rule, follows, onlyReferenced }: CompiledSyncRule, field?: string): string {
	const isImplied = follows !== null || onlyReferenced;
	const position = field === undefined || isImplied ? -1 : rule.fields.indexOf(field);
	return pointer(['schema', index, ...(position < 0 ? [] : ['fields', position])]);
}
