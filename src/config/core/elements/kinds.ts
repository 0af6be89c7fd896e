import { secretFieldsOf } from '../../../kernel/core/never-sent.js';
import type { ElementKind } from '../../../contract/config-kinds.js';

export { isElementKind } from '../../../contract/config-kinds.js';

/** A value of an element that names another element. Paths lead through lists (`roles.role`) and JSON (`options.flow`). */
export interface Reference {
	path: string;
	kind: ElementKind;
}

/** What has to be known about a kind of elements. */
export interface Kind {
	table: `directus_${string}`;
	/** There is one row at most, it cannot be deleted, and its SyncID is always the same. */
	singleton: boolean;
	/** What tells elements of this kind apart for people; null where nothing does. References among them count by SyncID. */
	naturalKey: string[] | null;
	/** Fields that are no configuration: audit, what other tables hold, what differs between environments. */
	ignored: string[];
	/** Fields that are never written to a file, nor from one: credentials, and what belongs to a licence. */
	secret: readonly string[];
	/** Fields without which the element cannot exist; never null. */
	required: string[];
	references: Reference[];
	/** Whether an element has the same id on all instances: `optional` where `--preserve-ids` may ask for it. */
	idsPreserved: 'always' | 'optional' | 'never';
	/** What a person calls it. */
	nameOf(element: Record<string, unknown>): string;
}

/** SyncIDs of what every instance has from the start, under ids of its own. */
export const FIXED_SYNC_IDS = {
	settings: '_sync_default_settings',
	adminRole: '_sync_default_admin_role',
	adminPolicy: '_sync_default_admin_policy',
	publicPolicy: '_sync_default_public_policy',
} as const;

const audit = ['date_created', 'user_created'];

const text = (value: unknown): string =>
	typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** The first of these fields that says something, else the SyncID. */
const named =
	(...fields: string[]) =>
	(element: Record<string, unknown>): string =>
		[...fields, '_syncId', 'id'].map((field) => text(element[field])).find((value) => value !== '') ?? '';

const joined = (parts: unknown[], between: string): string =>
	parts
		.map(text)
		.filter((part) => part !== '')
		.join(between);

/**
 * The kinds of elements, as `directus-sync` 3 treats them, and what Directus 12 adds to them (a flow's folder).
 */
export const kinds: Record<ElementKind, Kind> = {
	settings: {
		table: 'directus_settings',
		singleton: true,
		naturalKey: null,
		ignored: [
			'project_logo',
			'public_foreground',
			'public_background',
			'public_favicon',
			'project_url',
			'project_id',
			// Who owns this one installation, and what was asked when it was set up.
			'project_owner',
			'project_usage',
			'project_status',
			'org_name',
			'product_updates',
			'accepted_terms',
		],
		secret: secretFieldsOf('directus_settings'),
		required: [],
		references: [
			{ path: 'public_registration_role', kind: 'roles' },
			{ path: 'storage_default_folder', kind: 'folders' },
		],
		idsPreserved: 'never',
		nameOf: () => 'Settings',
	},
	folders: {
		table: 'directus_folders',
		singleton: false,
		naturalKey: ['name', 'parent'],
		ignored: [],
		secret: [],
		required: ['name'],
		references: [{ path: 'parent', kind: 'folders' }],
		idsPreserved: 'always',
		nameOf: named('name'),
	},
	translations: {
		table: 'directus_translations',
		singleton: false,
		naturalKey: ['language', 'key'],
		ignored: [],
		secret: [],
		required: ['key', 'language', 'value'],
		references: [],
		idsPreserved: 'optional',
		nameOf: (element) => joined([element['key'], element['language']], ' · ') || named()(element),
	},
	flows: {
		table: 'directus_flows',
		singleton: false,
		naturalKey: ['name'],
		ignored: [...audit, 'operations'],
		secret: [],
		required: ['name'],
		references: [
			{ path: 'operation', kind: 'operations' },
			{ path: 'folder', kind: 'folders' },
		],
		idsPreserved: 'always',
		nameOf: named('name'),
	},
	operations: {
		table: 'directus_operations',
		singleton: false,
		naturalKey: ['flow', 'key'],
		ignored: audit,
		secret: [],
		required: ['key', 'type', 'flow'],
		references: [
			{ path: 'flow', kind: 'flows' },
			{ path: 'resolve', kind: 'operations' },
			{ path: 'reject', kind: 'operations' },
			{ path: 'options.flow', kind: 'flows' },
		],
		idsPreserved: 'optional',
		nameOf: named('name', 'key'),
	},
	roles: {
		table: 'directus_roles',
		singleton: false,
		naturalKey: ['name'],
		ignored: ['users', 'children', 'policies'],
		secret: [],
		required: ['name'],
		references: [{ path: 'parent', kind: 'roles' }],
		idsPreserved: 'optional',
		nameOf: named('name'),
	},
	policies: {
		table: 'directus_policies',
		singleton: false,
		naturalKey: ['name'],
		ignored: ['users', 'permissions'],
		secret: [],
		required: ['name'],
		references: [{ path: 'roles.role', kind: 'roles' }],
		idsPreserved: 'optional',
		nameOf: named('name'),
	},
	permissions: {
		table: 'directus_permissions',
		singleton: false,
		naturalKey: ['policy', 'collection', 'action'],
		ignored: [],
		secret: [],
		required: ['policy', 'collection', 'action'],
		references: [{ path: 'policy', kind: 'policies' }],
		idsPreserved: 'never',
		nameOf: (element) => joined([element['action'], element['collection']], ' ') || named()(element),
	},
	dashboards: {
		table: 'directus_dashboards',
		singleton: false,
		naturalKey: ['name'],
		ignored: [...audit, 'panels'],
		secret: [],
		required: ['name'],
		references: [],
		idsPreserved: 'optional',
		nameOf: named('name'),
	},
	panels: {
		table: 'directus_panels',
		singleton: false,
		naturalKey: ['dashboard', 'name', 'position_x', 'position_y'],
		ignored: audit,
		secret: [],
		required: ['dashboard', 'type'],
		references: [{ path: 'dashboard', kind: 'dashboards' }],
		idsPreserved: 'optional',
		nameOf: named('name', 'type'),
	},
	presets: {
		table: 'directus_presets',
		singleton: false,
		naturalKey: ['role', 'collection', 'bookmark'],
		ignored: ['user'],
		secret: [],
		required: [],
		references: [{ path: 'role', kind: 'roles' }],
		idsPreserved: 'never',
		nameOf: (element) => joined([element['collection'], element['bookmark']], ' · ') || named()(element),
	},
};

/** What Directus gives in place of a value that no API returns. It is never a value itself. */
export const MASKED = '**********';

/** Whether a field of an element goes into files and bundles at all. */
export function isConfiguration(kind: ElementKind, field: string): boolean {
	return (
		field !== 'id' && field !== '_syncId' && !kinds[kind].ignored.includes(field) && !kinds[kind].secret.includes(field)
	);
}
