import { isRecord } from '../../../kernel/core/is-record.js';
import {
	BUNDLE_VERSION,
	ELEMENT_KINDS,
	snapshot as snapshotShape,
	type Bundle,
	type ElementKind,
	type Snapshot,
} from '../../../contract/bundle.js';
import type { ConfigIssue } from '../../../contract/plan.js';
import type { ConfigRow } from '../elements/config-state.js';
import { inFileOrder, inSchemaOrder } from '../elements/element-order.js';
import { toElement } from '../elements/element-values.js';
import { idLookup } from '../elements/id-lookup.js';
import { FIXED_SYNC_IDS, kinds } from '../elements/kinds.js';
import { withoutOwn } from '../elements/own-parts.js';
import { hasOlderRights, madeId, upgradeRights } from './upgrade-rights.js';

/** What files of another tool are. */
export type Format = 'snapshot' | 'template' | 'd6s' | 'directus-sync';

export interface Imported {
	format: Format | null;
	/** null where there are issues. */
	bundle: Bundle | null;
	issues: ConfigIssue[];
	/** What was left out or made into something else, in sentences. */
	notes: string[];
}

/** Files by their path, with the value that they hold; where they cannot be read, an issue says so. */
export type ReadValues = ReadonlyMap<string, unknown>;

/**
 * The configuration in files of another tool: Directus' own schema snapshot, a template folder of `directus-template-cli`,
 * a folder of Directus' `d6s sync`, or a dump of `directus-sync` from before there were policies. Content is left out.
 */
export function importFiles(files: ReadValues): Imported {
	const notes: string[] = [];
	const taken = takenFrom(files, notes);
	if (!taken)
		return refused(null, notes, [
			wrong(
				'',
				'unknown_format',
				'this is neither a schema snapshot, nor a folder of a template, of d6s or of directus-sync',
				'name the file or the folder itself',
			),
		]);
	const { format, snapshot, rows } = taken;
	const issues: ConfigIssue[] = [];
	const shape = snapshot === null ? null : snapshotShape.safeParse(snapshot.value);
	for (const { path, message } of shape?.error?.issues ?? [])
		issues.push(wrong(snapshot?.file ?? '', 'wrong_type', message, undefined, path));
	const elements = elementsOf(rows, notes);
	if (issues.length > 0) return refused(format, notes, issues);
	const schema: Snapshot | null = shape?.data ?? null;
	if (schema && Number.parseInt(schema.directus, 10) < 10)
		notes.push(`the schema is of Directus ${schema.directus}: look at the plan before you push it`);
	const bundle: Bundle = {
		version: BUNDLE_VERSION,
		directus: schema?.directus ?? null,
		schema: schema && inSchemaOrder(schema),
		elements,
	};
	return { format, bundle: withoutOwn(bundle), issues, notes };
}

const refused = (format: Format | null, notes: string[], issues: ConfigIssue[]): Imported => ({
	format,
	bundle: null,
	issues,
	notes,
});

const wrong = (
	file: string,
	code: string,
	message: string,
	suggestion?: string,
	path: readonly PropertyKey[] = [],
): ConfigIssue => ({
	file: file === '' ? null : file,
	path: path.map((step) => `/${String(step)}`).join(''),
	code,
	message,
	...(suggestion === undefined ? {} : { suggestion }),
});

type Rows = Partial<Record<ElementKind | 'access', ConfigRow[]>>;
interface Taken {
	format: Format;
	snapshot: { file: string; value: unknown } | null;
	rows: Rows;
}

const isSnapshot = (value: unknown): boolean =>
	isRecord(value) && ['collections', 'fields', 'relations'].every((key) => Array.isArray(value[key]));

function takenFrom(files: ReadValues, notes: string[]): Taken | null {
	const [only] = files;
	if (files.size === 1 && only && isSnapshot(only[1]))
		return { format: 'snapshot', snapshot: { file: only[0], value: only[1] }, rows: {} };
	return fromTemplate(files, notes) ?? fromD6s(files) ?? fromDirectusSync(files);
}

/** `src/roles.json`, `src/permissions.json`, … and the schema in `src/schema/snapshot.json`. */
function fromTemplate(files: ReadValues, notes: string[]): Taken | null {
	const place = [...files.keys()].find((file) => /(^|\/)schema\/snapshot\.json$/.test(file));
	const lists = [...files.keys()].find((file) => /(^|\/)(fields|collections)\.json$/.test(file));
	const base = place?.replace(/schema\/snapshot\.json$/, '') ?? lists?.replace(/(fields|collections)\.json$/, '');
	if (base === undefined || !['roles', 'fields', 'collections'].some((name) => files.has(`${base}${name}.json`)))
		return null;
	const content = [...files.keys()].filter((file) => file.startsWith(`${base}content/`));
	if (content.length > 0)
		notes.push(
			`${content.length} files of content were left out: items are no configuration; "seed push" is for those`,
		);
	if (files.has(`${base}users.json`)) notes.push('users were left out: they belong to an instance');
	const whole = place === undefined ? undefined : files.get(place);
	const list = (name: string) => rowsIn(files.get(`${base}${name}.json`));
	const made = {
		version: 1,
		directus: 'unknown',
		collections: list('collections').filter(isOwn),
		fields: list('fields').filter(isOwn),
		relations: list('relations').filter(isOwn),
	};
	const rows: Rows = {};
	for (const kind of [...ELEMENT_KINDS, 'access'] as const) {
		const file = `${base}${kind}.json`;
		if (!files.has(file)) continue;
		const value = files.get(file);
		rows[kind] = kind === 'settings' && isRecord(value) ? [value] : rowsIn(value);
	}
	const hasLists = made.collections.length + made.fields.length > 0;
	const value = isSnapshot(whole) ? whole : hasLists ? made : null;
	const file = isSnapshot(whole) && place !== undefined ? place : `${base}collections.json`;
	return { format: 'template', snapshot: value === null ? null : { file, value }, rows };
}

const isOwn = ({ collection }: ConfigRow): boolean => !String(collection).startsWith('directus_');

/** `data/directus_roles_<hash>.json`: all records of a table; `schema/<collection>_<hash>.json`: a part of the schema. */
function fromD6s(files: ReadValues): Taken | null {
	const data = [...files].flatMap(([file, value]) => {
		const [, table] = /(?:^|\/)data\/directus_([a-z]+)_[0-9a-f]{8,}\.json$/.exec(file) ?? [];
		return table === undefined ? [] : [{ table, value }];
	});
	const parts = [...files].filter(([file]) => /(^|\/)schema\/[^/]+_[0-9a-f]{8,}\.json$/.test(file));
	if (data.length + parts.length === 0) return null;
	const rows: Rows = {};
	for (const { table, value } of data) {
		const kind = [...ELEMENT_KINDS, 'access' as const].find((name) => name === table);
		if (kind) rows[kind] = rowsIn(isRecord(value) ? (value['records'] ?? value['items'] ?? value['data']) : value);
	}
	const metadata = [...files].find(([file]) => /(^|\/)metadata\.json$/.test(file))?.[1];
	const about = isRecord(metadata) ? metadata : {};
	const value = {
		version: 1,
		directus: typeof about['directus'] === 'string' ? about['directus'] : 'unknown',
		...(typeof about['vendor'] === 'string' ? { vendor: about['vendor'] } : {}),
		collections: [] as unknown[],
		fields: [] as unknown[],
		relations: [] as unknown[],
	};
	for (const [, part] of parts) {
		if (!isRecord(part)) continue;
		for (const kind of ['collections', 'fields', 'relations'] as const)
			if (Array.isArray(part[kind])) value[kind].push(...(part[kind] as unknown[]));
		const { fields: _, relations: __, ...collection } = isRecord(part['collection']) ? part['collection'] : part;
		if (typeof collection['collection'] === 'string' && !Array.isArray(part['collections']))
			value.collections.push(collection);
	}
	const file = parts[0]?.[0] ?? '';
	return { format: 'd6s', snapshot: parts.length > 0 ? { file, value } : null, rows };
}

/** A dump of `directus-sync`: elements with a `_syncId` in `collections/`, the schema in `snapshot/`. */
function fromDirectusSync(files: ReadValues): Taken | null {
	const rows: Rows = {};
	for (const kind of ELEMENT_KINDS) {
		const file = [...files.keys()].find((name) => name === `collections/${kind}.json`);
		if (file !== undefined)
			rows[kind] = rowsIn(files.get(file)).map(({ _syncId, ...row }) => ({ ...row, id: _syncId ?? row['id'] }));
	}
	if (Object.keys(rows).length === 0) return null;
	const whole = files.get('snapshot/snapshot.json');
	const info = files.get('snapshot/info.json');
	const of = (kind: string) =>
		[...files].flatMap(([file, value]) => (file.startsWith(`snapshot/${kind}/`) ? [value] : []));
	const split = isRecord(info)
		? { ...info, collections: of('collections'), fields: of('fields'), relations: of('relations') }
		: null;
	const value = isSnapshot(whole) ? whole : split;
	return { format: 'directus-sync', snapshot: value === null ? null : { file: 'snapshot/info.json', value }, rows };
}

const rowsIn = (value: unknown): ConfigRow[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** Rows as elements; their ids are their SyncIDs, and what had none gets one that is made of its values. */
function elementsOf(given: Rows, notes: string[]): Bundle['elements'] {
	const rows: Rows = { ...given };
	const { roles = [], permissions = [], access = [] } = rows;
	const rights = { roles, permissions, policies: rows.policies ?? [] };
	if (hasOlderRights(rights)) {
		Object.assign(rows, upgradeRights(rights));
		notes.push(
			'permissions belonged to roles: each role got a policy of its own, as an update to Directus 11 makes it',
		);
	} else if (rows.policies) rows.policies = rows.policies.map((policy) => attached(policy, access));
	if (rows.presets) {
		const shared = rows.presets.filter(({ user }) => user === null || user === undefined);
		if (shared.length < rows.presets.length) notes.push('presets of single users were left out');
		rows.presets = shared;
	}
	const known = Object.fromEntries(
		ELEMENT_KINDS.map((kind) => {
			const list = (rows[kind] ?? []).map((row) => withId(kind, row));
			rows[kind] = rows[kind] && list;
			return [kind, list.map(({ id }) => ({ syncId: String(id), localId: String(id) }))];
		}),
	);
	const ids = idLookup(known);
	const elements: Bundle['elements'] = {};
	for (const kind of ELEMENT_KINDS) {
		const list = rows[kind];
		if (list)
			elements[kind] = inFileOrder(
				kind,
				kinds[kind].singleton
					? list.slice(0, 1).map((row) => toElement(kind, row, ids))
					: list.map((row) => toElement(kind, row, ids)),
			);
	}
	return elements;
}

/** A policy with its roles; Directus' own public one under the SyncID that it has everywhere. */
function attached(policy: ConfigRow, access: readonly ConfigRow[]): ConfigRow {
	const own = access.filter((row) => row['policy'] === policy['id']);
	const roles = own.map(({ role = null, user = null, sort = null }) => ({ role, user, sort }));
	const listed = Array.isArray(policy['roles']) && policy['roles'].every(isRecord) ? policy['roles'] : [];
	return { ...policy, roles: own.length > 0 ? roles : listed };
}

function withId(kind: ElementKind, row: ConfigRow): ConfigRow {
	if (kinds[kind].singleton) return { ...row, id: FIXED_SYNC_IDS.settings };
	const { id } = row;
	if (typeof id === 'string' && id !== '') return row;
	return { ...row, id: madeId(kind, ...(kinds[kind].naturalKey ?? []).map((field) => row[field] ?? null)) };
}
