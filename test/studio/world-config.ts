import type { Bundle, Element, ElementKind } from '../../src/contract/bundle.js';
import { pull, push, pushTo } from '../e2e/config-world.js';
import type { Directus } from '../kit/directus.js';

/** A credential in a flow of the other environment: must never be seen in a page. */
export const FLOW_TOKEN = 'Bearer token-of-a-flow-that-no-page-may-show';

/** A UUID, always the same for the same number. */
const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const role = (number: number, name: string, more: object = {}): Element => ({
	_syncId: uuid(number),
	name,
	icon: 'supervised_user_circle',
	description: null,
	parent: null,
	...more,
});
const policy = (number: number, name: string, roles: number[]): Element => ({
	_syncId: uuid(number),
	name,
	icon: 'badge',
	description: null,
	ip_access: null,
	enforce_tfa: false,
	admin_access: false,
	app_access: false,
	roles: roles.map((of, index) => ({ role: uuid(of), sort: index + 1 })),
});
const permission = (number: number, of: number, collection: string, action: string): Element => ({
	_syncId: uuid(number),
	policy: uuid(of),
	collection,
	action,
	permissions: {},
	validation: null,
	presets: null,
	fields: ['*'],
});

const MAIL = [
	'Dear reader,',
	'',
	'a new article is out.',
	'Have a look at it:',
	'{{ link }}',
	'',
	'You get this mail because you asked for it.',
	'To get no more of them, answer with one word.',
	'',
	'Would you like to write for us yourself?',
	'Then do: we read everything.',
	'',
	'Yours,',
	'The Magazine',
];

const add = (bundle: Bundle, kind: ElementKind, ...elements: Element[]): void => {
	bundle.elements[kind] = [...(bundle.elements[kind] ?? []), ...elements];
};

/** Pushes of a morning, one of them taken back, as the history of a world; gives the id of the first. */
export async function pushSome(directus: Directus): Promise<string> {
	const bundle = await pull(directus);
	add(bundle, 'roles', role(1, 'Editor'), role(2, 'Author'), role(3, 'Intern, summer 2025'));
	add(bundle, 'policies', policy(11, 'Editing', [1, 2]));
	for (const [index, collection] of ['articles', 'authors', 'tags'].entries())
		for (const [place, action] of ['create', 'read', 'update'].entries())
			add(bundle, 'permissions', permission(100 + index * 10 + place, 11, collection, action));
	add(bundle, 'flows', {
		_syncId: uuid(21),
		name: 'Tell readers',
		icon: 'mail',
		status: 'active',
		trigger: 'webhook',
		accountability: 'all',
		options: { method: 'POST' },
		operation: uuid(31),
	});
	add(bundle, 'operations', {
		_syncId: uuid(31),
		name: 'Mail',
		key: 'mail',
		type: 'mail',
		position_x: 19,
		position_y: 1,
		options: { to: ['readers@example.com'], subject: 'A new article', body: MAIL.join('\n') },
		resolve: null,
		reject: null,
		flow: uuid(21),
	});
	add(
		bundle,
		'translations',
		...['Read more', 'Share', 'Subscribe'].map((value, index) => ({
			_syncId: uuid(41 + index),
			language: 'en-US',
			key: value.toLowerCase().replaceAll(' ', '_'),
			value,
		})),
	);
	const first = await pushed(directus, bundle);
	const second = structuredClone(bundle);
	const editor = second.elements.roles?.find(({ _syncId }) => _syncId === uuid(1));
	if (editor) editor['description'] = 'Edits what others write.';
	const id = await pushed(directus, second);
	await pushTo(directus, `/downstream/config/history/${id}/revert`, {});
	return first;
}

async function pushed(directus: Directus, bundle: Bundle): Promise<string> {
	const { id, status, message } = await push(directus, bundle);
	if (id === null) throw new Error(`the push was answered ${status}: ${message}`);
	return id;
}

/** What another environment has: something new, changed and gone of nearly everything, at every risk. */
export async function otherEnvironment(directus: Directus): Promise<Bundle> {
	const bundle = await pull(directus);
	const { elements } = bundle;
	const find = (kind: ElementKind, number: number) => elements[kind]?.find(({ _syncId }) => _syncId === uuid(number));
	Object.assign(find('roles', 1) ?? {}, { name: 'Chief editor', description: 'Has the last word.' });
	Object.assign(find('policies', 11) ?? {}, { enforce_tfa: true, app_access: true });
	Object.assign(find('permissions', 101) ?? {}, { fields: ['id', 'title', 'slug', 'status'] });
	elements.roles = elements.roles?.filter(({ _syncId }) => _syncId !== uuid(3));
	elements.translations = elements.translations?.filter(({ _syncId }) => _syncId !== uuid(43));
	Object.assign(find('translations', 41) ?? {}, { value: 'Read on' });
	Object.assign(find('flows', 21) ?? {}, { options: { method: 'GET', cacheEnabled: false } });
	const mail = find('operations', 31);
	if (mail) {
		const body = [...MAIL.slice(0, 2), 'a new article is out, and you are the first to know.', ...MAIL.slice(3, -1)];
		mail['options'] = {
			to: ['readers@example.com', 'archive@example.com'],
			subject: 'There is a new article',
			body: [...body, 'The editors of The Magazine'].join('\n'),
		};
		mail['resolve'] = uuid(32);
	}
	add(bundle, 'operations', {
		_syncId: uuid(32),
		name: 'Tell the shop',
		key: 'tell_the_shop',
		type: 'request',
		position_x: 37,
		position_y: 1,
		options: {
			url: 'https://shop.example.com/hooks/articles',
			method: 'POST',
			headers: [{ header: 'Authorization', value: FLOW_TOKEN }],
		},
		resolve: null,
		reject: null,
		flow: uuid(21),
	});
	add(
		bundle,
		'roles',
		role(4, 'Reviewer', { parent: uuid(1) }),
		role(5, 'A name\nof two lines \u202Eand turned around'),
	);
	add(bundle, 'policies', policy(12, 'Reviewing', [4]));
	add(bundle, 'permissions', permission(200, 12, 'articles', 'read'), permission(201, 12, 'articles', 'update'));
	add(bundle, 'dashboards', { _syncId: uuid(51), name: 'This week', icon: 'insights', note: null, color: '#6644FF' });
	add(bundle, 'panels', {
		_syncId: uuid(52),
		dashboard: uuid(51),
		name: 'Articles',
		icon: 'article',
		color: null,
		show_header: true,
		note: null,
		type: 'metric',
		position_x: 1,
		position_y: 1,
		width: 12,
		height: 8,
		options: { collection: 'articles', field: 'id', function: 'count' },
	});
	changeSchema(bundle);
	return bundle;
}

function changeSchema({ schema }: Bundle): void {
	if (!schema) return;
	const title = schema.fields.find(({ collection, field }) => collection === 'articles' && field === 'title');
	if (title)
		title['meta'] = { ...(title['meta'] as object), note: 'At most 60 letters, without a full stop.', width: 'half' };
	schema.fields = schema.fields.filter(({ collection, field }) => collection !== 'articles' || field !== 'body');
	const slug = schema.fields.find(({ collection, field }) => collection === 'articles' && field === 'slug');
	if (!slug) return;
	const { meta, schema: column } = slug as unknown as Record<string, Record<string, unknown>>;
	schema.fields.push({
		...slug,
		field: 'subtitle',
		meta: { ...meta, field: 'subtitle', sort: 99, note: 'Shown beneath the title.' },
		schema: { ...column, name: 'subtitle', is_unique: false, is_nullable: true },
	});
}
