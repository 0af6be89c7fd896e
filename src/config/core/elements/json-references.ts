import { isRecord } from '../../../kernel/core/is-record.js';
import { FIXED_SYNC_IDS, isElementKind } from './kinds.js';
import type { IdLookup } from './id-lookup.js';

/**
 * References that no field declares: ids of roles, flows, dashboards … in permission rules, panel options, presets' filters,
 * links in the settings' module bar, urls in a request operation. They lie anywhere in an element's JSON and text.
 *
 * **The rule.** A whole UUID (nothing of a word before or after it) that is the id of a known element becomes the
 * element's SyncID, bare, as `directus-sync` writes references; back, a whole UUID or fixed SyncID that is a known
 * SyncID becomes the id. Everything else, ids of users, files and items above all, stays as it is. Keys of objects count
 * like values.
 *
 * **No ambiguity.** Reading back always gives what was there. Where the bare SyncID would not lead back, a marker stands:
 * - `_sync(roles/editor)`: the SyncID is neither a UUID nor a fixed one (people write such SyncIDs by hand, and every
 *   other `editor` in the JSON must stay what it is), or two kinds have the same SyncID for different ids;
 * - `_sync(literal/…)`: the text itself is, and means, something that would be taken for a SyncID.
 *
 * A UUID that is the id of elements of two kinds is taken for the kind that comes first in `ELEMENT_KINDS`; its marker
 * names that kind, so that it stays the same element here.
 */
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const FIXED = Object.values(FIXED_SYNC_IDS).join('|');
const MARKER = String.raw`_sync\([a-z]+\/[\w.!~*'%-]*\)`;
const TOKEN = new RegExp(String.raw`(?<![\w-])(?:(?:${UUID}|${FIXED})(?![\w-])|${MARKER})`, 'gi');
const BARE = new RegExp(`^(?:${UUID}|${FIXED})$`, 'i');
const WHOLE_UUID = new RegExp(`^${UUID}$`, 'i');
/** Shorter text has no token in it; most text is shorter. */
const SHORTEST = '_sync(roles/)'.length;

export const isUuid = (value: unknown): value is string => typeof value === 'string' && WHOLE_UUID.test(value);

const marker = (kind: string, value: string): string =>
	`_sync(${kind}/${encodeURIComponent(value.toWellFormed()).replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))})`;

function readMarker(token: string): { kind: string; value: string } | null {
	const parts = /^_sync\(([a-z]+)\/(.*)\)$/.exec(token);
	if (!parts?.[1] || parts[2] === undefined) return null;
	try {
		return { kind: parts[1], value: decodeURIComponent(parts[2]) };
	} catch {
		return null;
	}
}

/** A value with ids where the instance has ids, as a file has it. */
export function toSyncIds(value: unknown, ids: IdLookup): unknown {
	return rewrite(value, (token) => {
		const known = ids.byLocalId(token);
		if (known) {
			const localId = BARE.test(known.syncId) ? ids.bySyncId(known.syncId) : undefined;
			const leadsBack = localId !== undefined && localId !== 'several' && localId.localId === token;
			return leadsBack ? known.syncId : marker(known.kind, known.syncId);
		}
		return !isUuid(token) || ids.bySyncId(token) !== undefined ? marker('literal', token) : token;
	});
}

/** A value of a file as the instance has it. What names no element that is known here stays as it is. */
export function toLocalIds(value: unknown, ids: IdLookup): unknown {
	return rewrite(value, (token) => {
		const marked = readMarker(token);
		if (marked?.kind === 'literal') return marked.value;
		if (marked) return isElementKind(marked.kind) ? (ids.localId(marked.kind, marked.value) ?? token) : token;
		const known = ids.bySyncId(token);
		return known === undefined || known === 'several' ? token : known.localId;
	});
}

/** The markers in a value that name an element, with the place of each below the value. */
export function markedReferences(value: unknown): { kind: string; syncId: string; path: string[] }[] {
	const references: { kind: string; syncId: string; path: string[] }[] = [];
	const walk = (node: unknown, path: string[]): void => {
		if (typeof node === 'string') {
			if (!node.includes('_sync(')) return;
			for (const [token] of node.matchAll(TOKEN)) {
				const marked = readMarker(token);
				if (marked && marked.kind !== 'literal') references.push({ kind: marked.kind, syncId: marked.value, path });
			}
			return;
		}
		if (Array.isArray(node)) node.forEach((entry, index) => walk(entry, [...path, String(index)]));
		else if (isRecord(node)) {
			for (const [key, entry] of Object.entries(node)) {
				walk(key, [...path, key]);
				walk(entry, [...path, key]);
			}
		}
	};
	walk(value, []);
	return references;
}

function rewrite(value: unknown, replace: (token: string) => string): unknown {
	if (typeof value === 'string') return value.length < SHORTEST ? value : value.replace(TOKEN, replace);
	if (Array.isArray(value)) return value.map((entry) => rewrite(entry, replace));
	if (!isRecord(value) || value instanceof Date) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [String(rewrite(key, replace)), rewrite(entry, replace)]),
	);
}
