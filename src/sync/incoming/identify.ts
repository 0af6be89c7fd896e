import { readJson } from '../../kernel/core/read-json.js';
import { localMentions } from '../core/wire/rewrite-ids.js';
import { isKnownByKey } from '../core/identity/natural-name.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { versionId } from '../core/merge/row-version.js';
import { deriveSyncIds } from './derive-sync-ids.js';
import { formOf } from '../rows/user-forms.js';
import type { IdentifyPorts, Known, RowsByKey } from './identify-ports.js';

/** The one row of a singleton. */
export const SINGLETON = 'singleton';

/** The sync ids of these rows, by key, as far as they have one. */
export async function syncIdsOf(
	collection: string,
	keys: string[],
	{ reads, identityOf }: Pick<IdentifyPorts, 'reads' | 'identityOf'>,
): Promise<Map<string, string>> {
	const identity = identityOf(collection);
	if (identity?.singleton) return new Map(keys.map((key) => [key, SINGLETON]));
	const known = isKnownByKey(identity) ? keys.map((key): [string, string] => [key, key.toLowerCase()]) : [];
	const entries = identity ? await reads.byLocalKey(collection, keys) : [];
	return new Map([...known, ...entries.map(({ localKey, syncId }): [string, string] => [localKey, syncId])]);
}

/**
 * The keys that rows with these sync ids have here, as far as they are known here. The row of one of them may be gone,
 * and where keys are sync ids it may never have been here.
 */
export async function localKeysOf(
	collection: string,
	syncIds: string[],
	{ reads, identityOf }: Pick<IdentifyPorts, 'reads' | 'identityOf'>,
): Promise<Map<string, string>> {
	const identity = identityOf(collection);
	if (!identity) return new Map();
	if (identity.singleton) {
		const [only] = await reads.matching(collection, identity.primary, {});
		return new Map(only === undefined ? [] : [[SINGLETON, only]]);
	}
	const entries = await reads.bySyncId(collection, syncIds);
	// A row that has another sync id is not known by its key.
	const isKey = isKnownByKey(identity);
	const others = new Set(isKey ? (await reads.byLocalKey(collection, syncIds)).map(({ localKey }) => localKey) : []);
	const known = isKey
		? syncIds.flatMap((syncId): [string, string][] => (others.has(syncId) ? [] : [[syncId, syncId]]))
		: [];
	return new Map([...known, ...entries.map(({ localKey, syncId }): [string, string] => [syncId, localKey])]);
}

/**
 * Finds, or makes up, the sync ids of rows of this instance and of all that they refer to. What is made up is in `added`
 * and is to be stored along with whatever is done with it.
 */
export async function identify(
	rows: Map<string, RowsByKey>,
	models: Map<string, SyncModel>,
	ports: IdentifyPorts,
): Promise<Known> {
	const { reads, identityOf } = ports;
	const wanted = new Map<string, Set<string>>();
	const want = (collection: string, key: unknown) => {
		if (key === null || key === undefined || key === '') return;
		wanted.set(collection, (wanted.get(collection) ?? new Set()).add(String(key)));
	};
	const users = new Set<string>();
	for (const [collection, byKey] of rows) {
		for (const [key, row] of byKey) {
			want(collection, key);
			for (const field of row ? (models.get(collection)?.fields.values() ?? []) : []) {
				const value = row?.[field.field];
				const read = field.rewrites && field.type === 'json' ? readJson(value) : value;
				for (const { collection: other, id } of field.rewrites ? localMentions(read) : [])
					if (field.rewrites?.has(other)) want(other, id);
				if (field.kind === 'user' && typeof value === 'string') users.add(value);
				if (field.kind === 'reference' && field.related) want(field.related, value);
				if (field.kind === 'many-to-any' && field.typeField && row?.[field.typeField])
					want(String(row[field.typeField]), value);
			}
		}
	}
	const ids = new Map<string, Map<string, string>>();
	const missing: { collection: string; key: string }[] = [];
	for (const [collection, keys] of wanted) {
		const known = await syncIdsOf(collection, [...keys], ports);
		ids.set(collection, known);
		const identity = identityOf(collection);
		if (!identity) continue;
		const unnamed = isKnownByKey(identity) && identity.match ? await neverSynced(collection, known, ports) : new Set();
		const lack = [...keys].filter((key) => !known.has(key) || unnamed.has(key));
		missing.push(...lack.map((key) => ({ collection, key })));
	}
	const made = await deriveSyncIds(missing, { ids, rows, models }, ports);
	const forms = new Map((await reads.users([...users])).map((user) => [user.id, formOf(user)]));
	return {
		syncId: (collection, key) => ids.get(collection)?.get(key) ?? null,
		userForm: (id) => forms.get(id) ?? null,
		...made,
	};
}

/** Rows whose keys are their sync ids, but which no other instance knows by it: they may take an id made of their values. */
async function neverSynced(
	collection: string,
	known: Map<string, string>,
	{ reads }: Pick<IdentifyPorts, 'reads'>,
): Promise<Set<string>> {
	const byKey = [...known].filter(([key, syncId]) => key.toLowerCase() === syncId);
	const versions = await reads.versions(byKey.map(([, syncId]) => ({ collection, syncId })));
	const isNew = (syncId: string) => versions.get(versionId({ collection, syncId }))?.revision === 0;
	return new Set(byKey.flatMap(([key, syncId]) => (isNew(syncId) ? [key] : [])));
}
