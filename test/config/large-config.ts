import type { Bundle, Element } from '../../src/contract/bundle.js';
import { largeSchema, many } from './large-schema.js';

/** How large, and what of it a licence would have to allow. */
export interface LargeConfigOptions {
	/** The same seed gives the same configuration, down to the last id. */
	seed?: number;
	/** Version that the bundle says it is from; of the target, if not another one is to be tried. */
	directus?: string;
	/** Of 40; the free tier of Directus 12 allows 5. */
	activeFlows?: number;
	/** Every other permission has rules of its own, which the free tier does not allow. */
	customRules?: boolean;
	/** 1: the sizes of the reference measurements. */
	scale?: number;
}

/**
 * The large configuration that everything is measured with: 22 collections (2 of them groups) with 260 fields and 23 relations,
 * 31 roles, 32 policies with 38 attachments, 600 permissions, 40 flows with 6 operations each, 10 dashboards with 10
 * panels each, 200 translations, 40 presets, 20 nested folders, the settings, and what every instance has from the start.
 * A value: push it onto an empty instance to have an instance of it.
 */
export function largeConfig(options: LargeConfigOptions = {}): Bundle {
	const { seed = 1, directus = '12.4.0', activeFlows = 5, customRules = false, scale = 1 } = options;
	const random = randomFrom(seed);
	const sized = (count: number) => Math.max(1, Math.round(count * scale));
	const schema = largeSchema(directus, Math.max(2, sized(16)));
	const collections = schema.collections
		.filter((entry) => entry['schema'] !== null)
		.map(({ collection }) => collection);
	const folders = many(sized(20), (index): Element => ({
		_syncId: random.uuid(),
		name: `Folder ${index + 1}`,
		parent: null,
	}));
	for (const [index, folder] of folders.entries())
		if (index > 3) folder['parent'] = folders[index % 4]?._syncId ?? null;
	const roles = many(sized(30), (index): Element => ({
		_syncId: random.uuid(),
		name: `Role ${index + 1}`,
		icon: 'supervised_user_circle',
		description: `What the people of desk ${index + 1} do.`,
		parent: null,
	}));
	for (const [index, role] of roles.entries()) if (index > 9) role['parent'] = roles[index % 10]?._syncId ?? null;
	const policies = many(sized(30), (index): Element => ({
		_syncId: random.uuid(),
		name: `Policy ${index + 1}`,
		icon: 'badge',
		description: null,
		ip_access: index % 7 === 0 ? ['10.0.0.0/8'] : null,
		enforce_tfa: index % 5 === 0,
		admin_access: false,
		app_access: index % 2 === 0,
		roles: [index, ...(index % 4 === 0 ? [index + 1] : [])].map((role, sort) => ({
			role: roles[role % roles.length]?._syncId ?? null,
			sort: sort + 1,
		})),
	}));
	const actions = ['create', 'read', 'update', 'delete'];
	const permissions = many(
		Math.min(sized(600), policies.length * collections.length * actions.length),
		(index): Element => {
			const custom = customRules && index % 2 === 1;
			const place = Math.floor(index / policies.length);
			return {
				_syncId: random.uuid(),
				policy: policies[index % policies.length]?._syncId ?? null,
				collection: collections[Math.floor(place / actions.length) % collections.length] ?? null,
				action: actions[place % actions.length] ?? null,
				permissions: custom ? { _and: [{ status: { _eq: 'published' } }] } : {},
				validation: null,
				presets: custom ? { status: 'draft' } : null,
				fields: custom ? ['id', 'title', 'status'] : ['*'],
			};
		},
	);
	const flows = many(sized(40), (index): Element => ({
		_syncId: random.uuid(),
		name: `Flow ${index + 1}`,
		icon: 'bolt',
		color: null,
		description: `Runs when something of kind ${index + 1} happens.`,
		status: index < activeFlows ? 'active' : 'inactive',
		trigger: index % 3 === 0 ? 'webhook' : index % 3 === 1 ? 'manual' : 'operation',
		accountability: 'all',
		options:
			index % 3 === 0
				? { method: 'POST', return: '$last', async: false }
				: { collections: collections.slice(0, 2), requireSelection: false },
		operation: null,
	}));
	const operations = flows.flatMap((flow, index) => operationsOf(flow, flows[(index + 1) % flows.length], random));
	const dashboards = many(sized(10), (index): Element => ({
		_syncId: random.uuid(),
		name: `Dashboard ${index + 1}`,
		icon: 'space_dashboard',
		note: null,
		color: index % 2 === 0 ? '#6644FF' : null,
	}));
	const panels = dashboards.flatMap((dashboard, index) =>
		many(10, (place): Element => ({
			_syncId: random.uuid(),
			dashboard: dashboard._syncId,
			name: `Panel ${place + 1}`,
			icon: null,
			color: null,
			show_header: place % 2 === 0,
			note: null,
			type: place % 2 === 0 ? 'metric' : 'list',
			position_x: 1 + (place % 5) * 12,
			position_y: 1 + Math.floor(place / 5) * 10,
			width: 12,
			height: 10,
			options: {
				collection: collections[(index + place) % collections.length],
				function: 'count',
				field: 'id',
				filter: { _and: [{ owner_role: { _eq: roles[place % roles.length]?._syncId } }] },
			},
		})),
	);
	const presets = many(sized(40), (index): Element => ({
		_syncId: random.uuid(),
		bookmark: `Bookmark ${index + 1}`,
		role: index % 3 === 0 ? null : (roles[index % roles.length]?._syncId ?? null),
		collection: collections[index % collections.length] ?? null,
		search: null,
		layout: 'tabular',
		layout_query: { tabular: { page: 1, fields: ['title', 'status'], sort: ['-id'] } },
		layout_options: { tabular: { widths: { title: 200 + index } } },
		refresh_interval: null,
		filter: { _and: [{ status: { _neq: 'archived' } }] },
		icon: 'bookmark',
		color: null,
	}));
	const translations = many(sized(200), (index): Element => ({
		_syncId: random.uuid(),
		language: index % 2 === 0 ? 'en-US' : 'nl-NL',
		key: `word.${Math.floor(index / 2)}`,
		value: `Word ${index} ${random.word()}`,
	}));
	const settings: Element = {
		_syncId: '_sync_default_settings',
		project_name: 'The large project',
		project_descriptor: 'Measured with',
		project_color: '#117788',
		default_language: 'en-US',
		storage_default_folder: folders[0]?._syncId ?? null,
		public_registration: false,
		module_bar: [
			{ type: 'module', id: 'content', enabled: true },
			{ type: 'module', id: 'files', enabled: true },
			{ type: 'module', id: 'settings', enabled: true, locked: true },
		],
	};
	const defaults: { roles: Element[]; policies: Element[] } = {
		roles: [{ _syncId: '_sync_default_admin_role', name: 'Administrator' }],
		policies: [
			{ _syncId: '_sync_default_admin_policy', admin_access: true },
			{ _syncId: '_sync_default_public_policy' },
		],
	};
	return {
		version: 1,
		directus,
		schema,
		elements: {
			settings: [settings],
			folders,
			translations,
			flows,
			operations,
			roles: [...defaults.roles, ...roles],
			policies: [
				...defaults.policies.map((policy) => ({ name: DEFAULT_NAMES[policy._syncId] ?? '', ...policy })),
				...policies,
			],
			permissions,
			dashboards,
			panels,
			presets,
		},
	};
}

const DEFAULT_NAMES: Record<string, string> = {
	_sync_default_admin_policy: 'Administrator',
	_sync_default_public_policy: '$t:public_label',
};

/** The keys are in the wrong order on purpose: who takes the order of a file for that of the chain needs many rounds. */
function operationsOf(flow: Element, next: Element | undefined, random: Random): Element[] {
	const operations = many(6, (index): Element => ({
		_syncId: random.uuid(),
		flow: flow._syncId,
		name: `Step ${index + 1}`,
		key: `op_${index + 1}`,
		type: index === 2 ? 'trigger' : 'log',
		position_x: 19 + index * 18,
		position_y: 1,
		options:
			index === 2
				? { flow: next?._syncId, payload: { step: index }, iterationMode: 'serial' }
				: { message: `{{ $last.step }} ${random.word()}` },
		resolve: null,
		reject: null,
	}));
	for (const [index, operation] of operations.entries()) operation['resolve'] = operations[index + 1]?._syncId ?? null;
	flow['operation'] = operations[0]?._syncId ?? null;
	return operations;
}

interface Random {
	uuid(): string;
	word(): string;
}

/** Numbers that look random and are the same for the same seed (mulberry32). */
function randomFrom(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return (mixed ^ (mixed >>> 14)) >>> 0;
	};
	const hex = () => next().toString(16).padStart(8, '0');
	return {
		uuid() {
			const [a, b, c, d] = [hex(), hex(), hex(), hex()];
			return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
		},
		word: () => next().toString(36),
	};
}
