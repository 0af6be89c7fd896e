import type { Row } from '../../kernel/core/row.js';
import { FILE_CONTENT } from '../../kernel/core/file-content.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import {
	isFoundByNumber,
	isKnownByKey,
	naturalId,
	tells,
	type NaturalName,
	MOST_OF_A_NAME,
} from '../core/identity/natural-name.js';
import { versionId, type SyncIdEntry } from '../core/merge/row-version.js';
import { valuesOf } from '../core/merge/stamp-edits.js';
import type { SyncField } from '../core/rules/sync-model.js';
import { targetOf } from '../core/wire/wire-values.js';
import type { ApplyPorts, ApplyTransaction, Intake } from './apply-ports.js';
import type { Prepared } from './prepared.js';

interface Adopting extends Pick<Prepared, 'intakes' | 'keys' | 'existing'> {
	tx: ApplyTransaction;
	ports: ApplyPorts;
	/** The instance that sends the changes. */
	sender: string;
}

interface Adopted {
	adopted: SyncIdEntry[];
	/** Rows that were deleted here and made again, under other keys. */
	moved: SyncIdEntry[];
	questions: Prepared['questions'];
	recognised: Prepared['recognised'];
}

/** How a row that is not known here by its sync id is looked for. */
type Sought =
	{ by: 'ends'; values: Row } | { by: 'key'; values: Row } | { by: 'match'; values: Row; name: NaturalName };

/** Rows here that are as they are sought, at most two, and the sync ids of those that have one. */
interface Candidates {
	keys: string[];
	taken: Map<string, string>;
}

/** Rows that were here before they were ever synced: found by their fields, by their ends, or by a key that is content. */
export async function adopt(changes: SyncChange[], adopting: Adopting): Promise<Adopted> {
	const { tx, ports, intakes, keys, existing } = adopting;
	const result: Adopted = { adopted: [], moved: [], questions: new Map(), recognised: new Map() };
	for (const change of changes) {
		const { collection, sync_id: syncId, state } = change;
		const intake = intakes.get(collection);
		const identity = ports.identityOf(collection);
		if (!intake || !identity || identity.singleton || state.deleted || existing.get(collection)?.has(syncId)) continue;
		const former = await formerOf(change, adopting);
		if (former !== null) {
			result.adopted.push({ collection, syncId, localKey: former });
			keys.set(collection, (keys.get(collection) ?? new Map<string, string>()).set(syncId, former));
			continue;
		}
		const sought = whatToLookFor(change, intake, keys);
		if (!sought) continue;
		const known = keys.get(collection)?.get(syncId);
		const wasHere = known !== undefined && !(isKnownByKey(identity) && known === syncId);
		// A row that was here once and is gone is no other row; of one name, it is the one that was made again.
		if (wasHere && sought.by !== 'match') continue;
		const find = async (values: Row): Promise<Candidates> => {
			const rows = await tx.reads.matching(collection, intake.model.primary, values);
			return { keys: rows, taken: await takenOf(collection, rows, result, adopting) };
		};
		const answer = await whichOne(change, sought, { find, intake, adopting });
		if ('key' in answer) {
			const entry = { collection, syncId, localKey: answer.key };
			(wasHere ? result.moved : result.adopted).push(entry);
			keys.set(collection, (keys.get(collection) ?? new Map<string, string>()).set(syncId, answer.key));
			const fields = sought.by === 'match' ? sought.name.by : [];
			result.recognised.set(`${collection}/${syncId}`, { key: answer.key, by: sought.by, fields });
		} else if ('message' in answer && !wasHere) result.questions.set(change, answer);
	}
	return result;
}

/** The row here that the sender has come to know since the backup that this instance went back to. */
async function formerOf(
	{ collection, sync_id: syncId }: SyncChange,
	{ tx, ports, keys }: Adopting,
): Promise<string | null> {
	if (keys.get(collection)?.has(syncId)) return null;
	const key = ports.formerKey(collection, syncId);
	if (key === null || (await tx.reads.byLocalKey(collection, [key])).length > 0) return null;
	return (await tx.reads.rows(collection, [key], [])).has(key) ? key : null;
}

type Answer = { key: string } | { message: string; item: string | null } | { isNew: true };

async function whichOne(
	change: SyncChange,
	sought: Sought,
	{ find, intake, adopting }: { find(values: Row): Promise<Candidates>; intake: Intake; adopting: Adopting },
): Promise<Answer> {
	const { collection, sync_id: syncId, key } = change;
	const { primary } = intake.model;
	const { keys, taken } = await find(sought.values);
	const [only, second] = keys.filter((candidate) => !taken.has(candidate));
	const belongs = (to: string): Answer => ({
		message: `the key ${to} of ${collection} belongs to another row here`,
		item: to,
	});
	// Rows that link the same two ends say the same: either will do, and the other becomes a row of its own.
	if (sought.by === 'ends') return only === undefined ? { isNew: true } : { key: only };
	if (sought.by === 'key') {
		if (only !== undefined) return { key: only };
		return keys[0] === undefined ? { isNew: true } : belongs(keys[0]);
	}
	const count = change.match?.count ?? 1;
	// A copy of the row, made before any of them was synced, whatever its values are by now.
	const copy = isUuid(key) && key !== syncId ? await find({ [primary]: key }) : null;
	if (copy && copy.keys.length > 0 && copy.taken.size === 0) return { key };
	if (only !== undefined && keys.length === 1 && count === 1) return { key: only };
	if (only !== undefined) {
		const isClear = second === undefined && keys.length === 1;
		return { message: ambiguous(collection, sought.values, count), item: isClear ? only : null };
	}
	if (keys.length === 0 && copy && copy.keys.length > 0) return belongs(key);
	const strangers = await unknownToSender(change, sought.name, taken, adopting);
	const [stranger] = strangers;
	if (stranger === undefined) return { isNew: true };
	if (strangers.length > 1) return { message: ambiguous(collection, sought.values, count), item: null };
	const what = describeValues(sought.values);
	const message = `${collection} ${stranger} here has ${what}, too, and is known to others as another item: choose whether the two are one`;
	return { message, item: stranger };
}

/** The sync ids of local rows. */
async function takenOf(
	collection: string,
	candidates: string[],
	{ adopted, moved }: Adopted,
	{ tx, ports }: Adopting,
): Promise<Map<string, string>> {
	const taken = new Map<string, string>();
	if (candidates.length === 0) return taken;
	if (isKnownByKey(ports.identityOf(collection))) {
		const versions = await tx.reads.versions(candidates.map((key) => ({ collection, syncId: key })));
		for (const key of candidates)
			if ((versions.get(versionId({ collection, syncId: key }))?.revision ?? 0) > 0) taken.set(key, key);
	}
	for (const { localKey, syncId } of await tx.reads.byLocalKey(collection, candidates)) taken.set(localKey, syncId);
	for (const entry of [...adopted, ...moved])
		if (entry.collection === collection && candidates.includes(entry.localKey)) taken.set(entry.localKey, entry.syncId);
	return taken;
}

/**
 * Rows of the same name here that the sender does not know to be others: they may be the one that it means. Who is owed
 * a row need not have heard of it, so that of several nobody can say.
 */
async function unknownToSender(
	{ collection, sync_id: syncId }: SyncChange,
	name: NaturalName,
	taken: Map<string, string>,
	{ tx, sender }: Adopting,
): Promise<string[]> {
	if (taken.size === 0) return [];
	const before = earlierOfName(collection, name, syncId);
	const refs = [...taken.values()].map((id) => ({ collection, syncId: id }));
	const versions = await tx.reads.versions(refs);
	return [...taken].flatMap(([key, id]) => {
		const seenBy = versions.get(versionId({ collection, syncId: id }))?.seenBy ?? [];
		return before.has(id) || (taken.size === 1 && seenBy.includes(sender)) ? [] : [key];
	});
}

/** The sync ids of rows with this name that the row's creator knew to be different rows. */
function earlierOfName(collection: string, name: NaturalName, syncId: string): Set<string> {
	const earlier = new Set<string>();
	for (let n = 0; n < MOST_OF_A_NAME; n += 1) {
		const id = naturalId(collection, name, n);
		if (id === syncId) return earlier;
		earlier.add(id);
	}
	return new Set();
}

function whatToLookFor(change: SyncChange, { model, match }: Intake, keys: Prepared['keys']): Sought | null {
	const values = valuesOf(change.state);
	if (model.junction) {
		const ends = model.junction.map((field) => localEnd(values[field], model.fields.get(field), keys));
		if (ends.some((end) => end === null)) return null;
		return { by: 'ends', values: Object.fromEntries(model.junction.map((field, index) => [field, ends[index]])) };
	}
	const isText = model.keyType === 'text';
	// A rule here says by which fields; else those of the sender's rule do.
	const fields = (match.length > 0 ? match : (change.match?.fields ?? [])).toSorted();
	const isContent = isText || isNumbered(change, fields, model);
	const valueOf = (field: string) => (field === model.primary ? (isContent ? change.key : null) : values[field]);
	if (fields.length > 0 && fields.every((field) => isHere(field, model) && tells(valueOf(field)))) {
		const sought = fields.map((field): [string, unknown] => [field, valueOf(field)]);
		return {
			by: 'match',
			values: Object.fromEntries(sought),
			name: { by: fields, values: sought.map(([, value]) => value) },
		};
	}
	return isText ? { by: 'key', values: { [model.primary]: change.key } } : null;
}

/** Whether a row's number is one of those by which rows are found: its sync id was made of it, since it is not new. */
function isNumbered({ collection, sync_id: syncId, key, state }: SyncChange, fields: string[], model: Intake['model']) {
	if (!isFoundByNumber({ ...model, match: fields }) || !/^\d{1,15}$/.test(key)) return false;
	const values = valuesOf(state);
	const name = { by: fields, values: fields.map((field) => (field === model.primary ? key : values[field])) };
	return naturalId(collection, name, 0) === syncId;
}

const isHere = (field: string, { primary, fields }: Intake['model']): boolean =>
	field === primary || (field !== FILE_CONTENT && fields.get(field)?.kind === 'value');

function localEnd(value: unknown, field: SyncField | undefined, keys: Prepared['keys']): unknown {
	const target = field ? targetOf(field, value) : null;
	return target ? (keys.get(target.collection)?.get(target.syncId) ?? null) : (value ?? null);
}

export const isUuid = (key: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key);

const describeValues = (values: Row): string =>
	Object.entries(values)
		.map(([field, value]) => `${field} ${JSON.stringify(value)}`)
		.join(', ');

const ambiguous = (collection: string, values: Row, count: number) => {
	const where =
		count > 1 ? `${count} rows of ${collection} on the other side have` : `several rows of ${collection} here have`;
	return `${where} ${describeValues(values)}: make it unique, or choose which one is meant`;
};
