import type { Bundle, Element } from '../../src/contract/bundle.js';
import { randomFrom } from '../kit/random.js';
import { largeConfig } from './large-config.js';
import { many } from './large-schema.js';
import { projectSchema, type ProjectSchema, type SchemaShape } from './project-schema.js';

/** A project of the size and shape that real ones have. */
export interface ProjectShape extends SchemaShape {
	name: string;
	panels: number;
	flows: number;
	/** Of a flow. */
	operations: number;
	presets: number;
	/** 1: 30 roles, 30 policies, 200 translations, 20 folders. */
	people: number;
}

const snake = (words: readonly string[]) => words.join('_');
const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
const camel = (words: readonly string[]) => words.map((word, index) => (index === 0 ? word : capital(word))).join('');
const pascal = (words: readonly string[]) => words.map(capital).join('_');

export const FIVE_PROJECTS: readonly ProjectShape[] = [
	{
		name: 'a shop',
		collections: 60,
		fields: 720,
		written: snake,
		key: 'integer',
		translated: 2,
		tagged: 3,
		blocks: 1,
		panels: 24,
		flows: 18,
		operations: 4,
		presets: 30,
		people: 0.4,
	},
	{
		name: 'a magazine in languages',
		collections: 48,
		fields: 520,
		written: snake,
		key: 'uuid',
		translated: 7,
		tagged: 4,
		blocks: 5,
		panels: 6,
		flows: 8,
		operations: 3,
		presets: 20,
		people: 0.5,
	},
	{
		name: 'an agency with its customers',
		collections: 100,
		fields: 1_100,
		written: snake,
		key: 'uuid',
		translated: 1,
		tagged: 3,
		blocks: 2,
		panels: 220,
		flows: 24,
		operations: 5,
		presets: 40,
		people: 1,
	},
	{
		name: 'a project of programmers',
		collections: 36,
		fields: 640,
		written: camel,
		key: 'bigInteger',
		translated: 1,
		tagged: 2,
		blocks: 1,
		panels: 12,
		flows: 60,
		operations: 8,
		presets: 10,
		people: 0.2,
	},
	{
		name: 'a project that grew',
		collections: 75,
		fields: 800,
		written: pascal,
		key: 'string',
		translated: 3,
		tagged: 4,
		blocks: 3,
		panels: 90,
		flows: 12,
		operations: 2,
		presets: 60,
		people: 0.8,
	},
];

/** The configuration of a project; the same one for the same seed. */
export function projectConfig(shape: ProjectShape, directus: string, seed: number): Bundle {
	const random = randomFrom(seed);
	const { schema, collections } = projectSchema(shape, directus, random);
	const { elements } = largeConfig({ seed, directus, scale: shape.people });
	const own = elementsOf(shape, collections, elements, random);
	return { version: 1, directus, schema, elements: { ...elements, ...own } };
}

function elementsOf(
	shape: ProjectShape,
	collections: ProjectSchema['collections'],
	{ policies = [], roles = [] }: Bundle['elements'],
	random: () => number,
): Bundle['elements'] {
	const below = (limit: number) => Math.floor(random() * limit);
	const one = <Item>(list: readonly Item[]): Item => list[below(list.length)] as Item;
	const hex = (length: number) => many(length, () => below(16).toString(16)).join('');
	const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
	const ownPolicies = policies.filter(({ _syncId }) => !_syncId.startsWith('_sync_default'));
	const ownRoles = roles.filter(({ _syncId }) => !_syncId.startsWith('_sync_default'));
	// Without a licence Directus 12 takes no other rights than these.
	const permissions = ownPolicies.flatMap((policy, index) =>
		collections
			.filter((_, place) => (place + index) % 3 === 0)
			.map(({ name }, place): Element => ({
				_syncId: uuid(),
				policy: policy._syncId,
				collection: name,
				action: ['create', 'read', 'update', 'delete', 'share'][(place + index) % 5],
				permissions: {},
				validation: null,
				presets: null,
				fields: ['*'],
			})),
	);
	const flows = many(shape.flows, (index): Element => ({
		_syncId: uuid(),
		name: `${one(['When', 'Before', 'After', 'Every night'])} ${index + 1}`,
		icon: 'bolt',
		color: one([null, '#2ECDA7']),
		description: one([null, '', 'Sends mail.\nAsk Ann before you change it.']),
		status: index < 5 ? 'active' : 'inactive',
		accountability: one(['all', 'activity', null]),
		...triggerOf(index, collections, one),
		operation: null,
	}));
	const operations = flows.flatMap((flow) => operationsOf(flow, shape.operations, { uuid, one, collections }));
	const dashboards = many(Math.max(1, Math.ceil(shape.panels / 14)), (index): Element => ({
		_syncId: uuid(),
		name: `Figures ${index + 1}`,
		icon: 'space_dashboard',
		note: one([null, 'For Monday’s meeting']),
		color: one([null, '#6644FF']),
	}));
	const panels = many(shape.panels, (index): Element => panelOf(index, { uuid, one, collections, dashboards }));
	const presets = many(shape.presets, (index): Element => {
		const { name, texts, numbers } = one(collections);
		return {
			_syncId: uuid(),
			bookmark: index % 4 === 0 ? null : `Bookmark ${index + 1}`,
			// A preset without a bookmark is the only one of its role and collection.
			role: ownRoles[index % Math.max(1, ownRoles.length)]?._syncId ?? null,
			collection: index % 4 === 0 ? (collections[index % collections.length]?.name ?? name) : name,
			search: one([null, 'ünïcode']),
			layout: one(['tabular', 'cards', 'calendar', null]),
			layout_query: { tabular: { page: 1, limit: 50, fields: texts, sort: numbers.map((field) => `-${field}`) } },
			layout_options: { tabular: { widths: Object.fromEntries(texts.map((field) => [field, 120 + below(200)])) } },
			refresh_interval: one([null, 60]),
			filter: texts.length > 0 ? { _and: [{ [one(texts)]: { _contains: "it's" } }] } : null,
			icon: 'bookmark',
			color: null,
		};
	});
	return { permissions, flows, operations, dashboards, panels, presets };
}

type Choose = <Item>(list: readonly Item[]) => Item;
type Collections = ProjectSchema['collections'];

function triggerOf(index: number, collections: Collections, one: Choose): Record<string, unknown> {
	const named = [one(collections).name, one(collections).name];
	const options: Record<string, unknown>[] = [
		{ type: 'action', scope: ['items.create', 'items.update'], collections: [...new Set(named)] },
		{ type: 'filter', scope: ['items.create'], collections: named.slice(0, 1), return: '$last' },
		{ cron: '0 3 * * *' },
		{ method: 'POST', async: true, return: '$all' },
		{ collections: [...new Set(named)], location: 'both', requireConfirmation: true, fields: [] },
		{},
	];
	const trigger = ['event', 'event', 'schedule', 'webhook', 'manual', 'operation'][index % 6];
	return { trigger, options: options[index % 6] };
}

interface Tools {
	uuid(): string;
	one: Choose;
	collections: Collections;
}

function operationsOf(flow: Element, count: number, { uuid, one, collections }: Tools): Element[] {
	const code =
		"module.exports = async function (data) {\n\t// it's “quoted”, \\ and {{ not a template }}\n\treturn { ids: data.$trigger.keys ?? [] };\n};\n";
	const operations = many(count, (index): Element => {
		const { name, texts } = one(collections);
		const kinds: [string, Record<string, unknown>][] = [
			['log', { message: `{{ $trigger.payload.${texts[0] ?? 'id'} }}` }],
			['exec', { code }],
			['condition', { filter: { $trigger: { payload: { status: { _eq: 'published' } } } } }],
			['item-read', { collection: name, query: { filter: { status: { _neq: 'archived' } }, limit: -1 } }],
			[
				'item-update',
				{ collection: name, key: '{{ $trigger.keys }}', payload: { status: 'archived' }, emitEvents: false },
			],
			['transform', { json: { id: '{{ $last.id }}', list: ['{{ $trigger.key }}'] } }],
			[
				'mail',
				{ to: ['{{ $accountability.user }}'], subject: 'New: {{ $last.title }}', type: 'markdown', body: '**Hi**' },
			],
			['sleep', { milliseconds: 100 }],
		];
		const [type, options] = kinds[index % kinds.length] as [string, Record<string, unknown>];
		return {
			_syncId: uuid(),
			flow: flow._syncId,
			name: `Step ${index + 1}`,
			key: `step_${index + 1}`,
			type,
			position_x: 19 + index * 18,
			position_y: 1 + (index % 2) * 18,
			options,
			resolve: null,
			reject: null,
		};
	});
	for (const [index, operation] of operations.entries()) {
		operation['resolve'] = operations[index + 1]?._syncId ?? null;
		if (operation['type'] === 'condition') operation['reject'] = operations[index + 2]?._syncId ?? null;
	}
	flow['operation'] = operations[0]?._syncId ?? null;
	return operations;
}

function panelOf(index: number, { uuid, one, collections, dashboards }: Tools & { dashboards: Element[] }): Element {
	const { name, numbers, texts } = one(collections);
	const number = numbers[0] ?? 'id';
	const filter = { _and: [{ id: { _nnull: true } }] };
	const kinds: [string, Record<string, unknown>][] = [
		['metric', { collection: name, function: 'sum', field: number, filter, conditionalFormatting: [] }],
		[
			'time-series',
			{ collection: name, function: 'count', dateField: 'date_created', valueField: number, range: '1 week' },
		],
		['list', { collection: name, limit: 5, displayTemplate: `{{${texts[0] ?? 'id'}}}`, sortField: number, filter }],
		['label', { text: "It's “quoted” & <b>bold</b>" }],
		['bar-chart', { collection: name, xAxis: texts[0] ?? null, yAxis: number, color: '#3399FF', decimals: 0 }],
		['variable', { inter: 'input', field: 'from', type: 'string', defaultValue: '' }],
	];
	const [type, options] = kinds[index % kinds.length] as [string, Record<string, unknown>];
	const place = Math.floor(index / dashboards.length);
	return {
		_syncId: uuid(),
		dashboard: dashboards[index % dashboards.length]?._syncId ?? null,
		name: one(['Sales', 'Items', '', null]),
		icon: one([null, 'insights']),
		color: null,
		show_header: index % 2 === 0,
		note: one([null, 'net']),
		type,
		position_x: 1 + (place % 4) * 14,
		position_y: 1 + Math.floor(place / 4) * 12,
		width: 14,
		height: 12,
		options,
	};
}
