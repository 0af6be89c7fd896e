import { createHash } from 'node:crypto';
import { ELEMENT_KINDS, type ElementKind, type Snapshot } from './bundle.js';
import type { ConfigRow, ConfigState, KnownId } from './config-state.js';
import type { DumpChoice } from './dump-choice.js';

/** For tests: a UUID that is always the same for the same name. */
export function uuid(name: string): string {
	const hex = createHash('sha256').update(name).digest('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** For tests: UUIDs that nothing else has, one after the other. */
export function counter(prefix = 'new'): () => string {
	let count = 0;
	return () => uuid(`${prefix} ${(count += 1)}`);
}

export const EVERYTHING: DumpChoice & { preserveIds: ElementKind[] } = {
	kinds: ELEMENT_KINDS,
	schema: true,
	split: true,
	sortJson: false,
	syncPolicyRoles: true,
	own: false,
	preserveIds: [],
};

/** For tests: an instance with something of each kind, referring to each other in every way there is. */
export function exampleState(id: (name: string) => string = uuid): ConfigState {
	const rows: Record<ElementKind, ConfigRow[]> = {
		settings: [
			{
				id: 1,
				project_name: 'Shop',
				project_url: 'https://shop.test',
				project_logo: uuid('logo'),
				public_registration_role: id('editor'),
				storage_default_folder: uuid('folder images'),
				module_bar: [{ type: 'link', url: `/insights/${id('dashboard')}` }],
			},
		],
		folders: [
			{ id: uuid('folder images'), name: 'Images', parent: null },
			{ id: uuid('folder logos'), name: 'Logos', parent: uuid('folder images') },
		],
		translations: [{ id: id('hello'), key: 'hello', language: 'de-DE', value: 'Hallo' }],
		flows: [
			{
				id: uuid('flow order'),
				name: 'Order',
				status: 'active',
				trigger: 'webhook',
				options: { method: 'POST' },
				operation: id('op check'),
				date_created: '2026-01-01T00:00:00Z',
				user_created: uuid('user'),
			},
			{ id: uuid('flow mail'), name: 'Mail', status: 'inactive', trigger: 'operation', options: null, operation: null },
		],
		operations: [
			{
				id: id('op check'),
				flow: uuid('flow order'),
				name: 'Check',
				key: 'check',
				type: 'condition',
				options: { filter: { role: { _eq: id('editor') } } },
				resolve: id('op mail'),
				reject: id('op log'),
			},
			{
				id: id('op mail'),
				flow: uuid('flow order'),
				name: 'Send',
				key: 'send',
				type: 'trigger',
				options: { flow: uuid('flow mail'), iterationMode: 'serial' },
				resolve: null,
				reject: null,
			},
			{
				id: id('op log'),
				flow: uuid('flow order'),
				name: 'Dynamic',
				key: 'dynamic',
				type: 'trigger',
				options: { flow: '{{$trigger.flow}}' },
				resolve: null,
				reject: null,
			},
		],
		roles: [
			{ id: id('admin'), name: 'Administrator', parent: null, users: [uuid('user')] },
			{ id: id('editor'), name: 'Editor', parent: id('staff') },
			{ id: id('staff'), name: 'Staff', parent: null },
		],
		policies: [
			{
				id: id('admin policy'),
				name: 'Administrator',
				admin_access: true,
				roles: [{ role: id('admin'), user: null, sort: 1 }],
			},
			{
				id: id('public policy'),
				name: '$t:public_label',
				admin_access: false,
				roles: [{ role: null, user: null, sort: 1 }],
			},
			{
				id: id('editing'),
				name: 'Editing',
				admin_access: false,
				roles: [
					{ role: id('staff'), user: null, sort: 2 },
					{ role: null, user: uuid('user'), sort: null },
					{ role: id('editor'), user: null, sort: 1 },
				],
			},
		],
		permissions: [
			{
				id: 7,
				policy: id('editing'),
				collection: 'articles',
				action: 'update',
				fields: ['title', 'body'],
				permissions: { _or: [{ role: { _eq: id('editor') } }, { role: { _eq: uuid('a user, not a role') } }] },
				validation: null,
				presets: { owner_role: id('staff') },
			},
			{ id: 8, policy: id('public policy'), collection: 'articles', action: 'read', fields: ['*'], permissions: {} },
		],
		dashboards: [{ id: id('dashboard'), name: 'Sales', note: null, date_created: '2026-01-01T00:00:00Z' }],
		panels: [
			{
				id: id('panel'),
				dashboard: id('dashboard'),
				name: 'Link',
				type: 'label',
				position_x: 1,
				position_y: 1,
				options: { text: `see /insights/${id('dashboard')}?role=${id('editor')}`, [id('staff')]: 'by key' },
			},
		],
		presets: [
			{
				id: 3,
				user: null,
				role: id('editor'),
				collection: 'articles',
				bookmark: 'Mine',
				filter: { role: { _in: [id('editor'), id('staff')] } },
			},
			{ id: 4, user: uuid('user'), role: null, collection: 'articles', bookmark: 'Personal' },
		],
	};
	return {
		directus: '12.4.0',
		vendor: 'sqlite',
		snapshot: exampleSchema(),
		rows,
		columns: forEachKind(() => []),
		ids: forEachKind((): KnownId[] => []),
		hidden: {},
		adminRole: id('admin'),
		limits: {
			collections: { used: 0, limit: null },
			flows: { used: 0, limit: null },
			seats: { used: 0, limit: null },
			customPermissionRules: true,
		},
	};
}

export function forEachKind<Value>(make: (kind: ElementKind) => Value): Record<ElementKind, Value> {
	return Object.fromEntries(ELEMENT_KINDS.map((kind) => [kind, make(kind)])) as Record<ElementKind, Value>;
}

function exampleSchema(): Snapshot {
	const field = (collection: string, name: string, sort: number | null, rest: Record<string, unknown> = {}) => ({
		collection,
		field: name,
		type: 'string',
		meta: { collection, field: name, sort },
		schema: { name, table: collection, is_primary_key: name === 'id' },
		...rest,
	});
	return {
		version: 1,
		directus: '12.4.0',
		vendor: 'sqlite',
		collections: [
			{ collection: 'articles', meta: { collection: 'articles', icon: 'article' }, schema: { name: 'articles' } },
			{ collection: 'Articles', meta: { collection: 'Articles', icon: 'folder' }, schema: null },
		],
		fields: [
			field('articles', 'title', 2),
			field('articles', 'Title', 3, { type: 'alias', schema: null }),
			field('articles', 'id', 1),
			field('articles', 'author', null),
			field('directus_users', 'nickname', null),
		],
		systemFields: [{ collection: 'directus_files', field: 'title', schema: { is_indexed: true } }],
		relations: [
			{
				collection: 'articles',
				field: 'author',
				related_collection: 'directus_users',
				meta: { many_collection: 'articles' },
				schema: null,
			},
		],
	};
}
