import { startInstance, type Answers, type Asked, type FakeInstance } from './instance.js';

type Row = Record<string, unknown>;

/** A fake instance with collections whose items are kept: `articles` (numbered keys), `tags` (UUIDs), users and files. */
export interface SeedWorld extends FakeInstance {
	items: Record<string, Row[]>;
	/** The id map: table, SyncID, key. */
	ids: { table: string; sync_id: string; local_id: string }[];
	bytes: Map<string, string>;
	/** The writes that were asked for, in order. */
	writes(): string[];
}

const field = (collection: string, name: string, type: string, more: Row = {}) => ({
	collection,
	field: name,
	type,
	schema: { is_primary_key: name === 'id', has_auto_increment: name === 'id' && type === 'integer' },
	meta: {},
	...more,
});

const FIELDS = [
	field('articles', 'id', 'integer'),
	field('articles', 'title', 'string'),
	field('articles', 'price', 'decimal'),
	field('articles', 'tag', 'uuid'),
	field('articles', 'parent', 'integer'),
	field('articles', 'author', 'uuid'),
	field('articles', 'date_created', 'timestamp', { meta: { special: ['date-created'] } }),
	field('articles', 'user_created', 'uuid', { meta: { special: ['user-created'] } }),
	field('articles', 'date_updated', 'timestamp', { meta: { special: ['date-updated'] } }),
	field('articles', 'user_updated', 'uuid', { meta: { special: ['user-updated'] } }),
	field('articles', 'tags', 'alias', { schema: null }),
	field('tags', 'id', 'uuid'),
	field('tags', 'name', 'string'),
	field('directus_users', 'id', 'uuid'),
	field('directus_users', 'email', 'string'),
	field('directus_users', 'password', 'hash'),
	field('directus_users', 'first_name', 'string'),
	field('directus_users', 'role', 'uuid'),
	field('directus_files', 'id', 'uuid'),
	field('directus_files', 'title', 'string'),
];

const RELATIONS = [
	{ collection: 'articles', field: 'tag', related_collection: 'tags' },
	{ collection: 'articles', field: 'parent', related_collection: 'articles' },
	{ collection: 'articles', field: 'author', related_collection: 'directus_users' },
	{ collection: 'articles', field: 'user_created', related_collection: 'directus_users' },
	{ collection: 'articles', field: 'user_updated', related_collection: 'directus_users' },
	{ collection: 'directus_users', field: 'role', related_collection: 'directus_roles' },
];

const PATHS: Record<string, string> = {
	'/items/articles': 'articles',
	'/items/tags': 'tags',
	'/users': 'directus_users',
	'/files': 'directus_files',
};

/** @param limit QUERY_LIMIT_MAX: no list is longer */
export async function startSeedWorld(limit = Infinity): Promise<SeedWorld> {
	const items: Record<string, Row[]> = { articles: [], tags: [], directus_users: [], directus_files: [] };
	const ids: SeedWorld['ids'] = [];
	const bytes = new Map<string, string>();
	const answers: Answers = {
		'GET /collections': {
			data: [...Object.keys(items), 'directus_roles'].map((collection) => ({ collection, meta: {} })),
		},
		'GET /fields': { data: FIELDS },
		'GET /relations': { data: RELATIONS },
		'POST /downstream/config/ids': ({ body }) => ({ data: mapIds(ids, body as Row) }),
	};
	let next = 1;
	for (const [path, collection] of Object.entries(PATHS)) {
		const all = () => items[collection] ?? [];
		answers[`GET ${path}`] = ({ query }) => {
			const filter = JSON.parse(query.get('filter') ?? '{}') as Row;
			const found = all().filter((row) => passes(row, filter));
			if (query.has('aggregate[count]')) return { data: [{ count: { id: found.length } }] };
			return { data: found.slice(0, limit) };
		};
		answers[`POST ${path}`] = (asked) => {
			if (collection === 'directus_files') {
				const row = formRow(asked);
				all().push(row);
				bytes.set(String(row['id']), String(row['file']));
				return { data: row };
			}
			const added = (asked.body as Row[]).map((row) => ({ id: next++, ...row, ...audited(collection, 'created') }));
			all().push(...added);
			// In an order of its own, unless asked for one.
			return { data: asked.query.get('sort') === 'id' ? added : added.toReversed() };
		};
		answers[`PATCH ${path}`] = ({ body }) => {
			for (const change of body as Row[])
				Object.assign(all().find(({ id }) => String(id) === String(change['id'])) ?? {}, {
					...change,
					...audited(collection, 'updated'),
				});
			return { data: [] };
		};
		answers[`DELETE ${path}`] = ({ body }) => {
			items[collection] = all().filter(({ id }) => !(body as unknown[]).map(String).includes(String(id)));
			return '';
		};
	}
	const instance = await startInstance(answers);
	return {
		...instance,
		items,
		ids,
		bytes,
		writes: () =>
			instance.asked
				.filter(({ method, path, body }) => method !== 'GET' && !(path.endsWith('/ids') && !(body as Row)['write']))
				.map(({ method, path }) => `${method} ${path}`),
	};
}

/** What Directus writes itself, whatever it is sent. */
const audited = (collection: string, event: 'created' | 'updated'): Row =>
	collection === 'articles' ? { [`date_${event}`]: new Date().toISOString(), [`user_${event}`]: 'the-admin' } : {};

function mapIds(ids: SeedWorld['ids'], { tables, write }: Row): Row {
	if (write) {
		const { table, add, forget } = write as {
			table: string;
			add: { sync_id: string; local_id: string }[];
			forget: string[];
		};
		for (const id of ids.slice())
			if (
				id.table === table &&
				(forget.includes(id.sync_id) ||
					add.some((new_) => new_.sync_id === id.sync_id || new_.local_id === id.local_id))
			)
				ids.splice(ids.indexOf(id), 1);
		ids.push(...add.map((one) => ({ table, ...one })));
	}
	return Object.fromEntries((tables as string[]).map((table) => [table, ids.filter((id) => id.table === table)]));
}

function passes(row: Row, filter: Row): boolean {
	return Object.entries(filter).every(([name, rule]) => {
		if (name === '_or') return (rule as Row[]).some((one) => passes(row, one));
		if (name === '_and') return (rule as Row[]).every((one) => passes(row, one));
		const { _in, _eq } = rule as { _in?: unknown[]; _eq?: unknown };
		if (_in) return _in.map(String).includes(String(row[name]));
		return String(row[name]) === String(_eq);
	});
}

/** The values of a form, in its order. */
function formRow({ text }: Asked): Row {
	const row: Row = { id: `file-${text.length}` };
	for (const [, name, value] of text.matchAll(/name="([^"]+)"[^]*?\r\n\r\n([^]*?)\r\n--/g)) row[String(name)] = value;
	return { ...row, filesize: String(row['file']).length };
}
