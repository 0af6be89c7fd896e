import type { Directus } from '../kit/directus.js';
import { ask, editOf, remove, type Edit, type Editor } from './sync-edits.js';

/**
 * What happens to people who keep several instances equal: processes in several time zones, a proxy that takes no large
 * bodies, a rule on one side that refuses some rows, unique values that change places, numbers that are used again.
 */

/** The time zone of each instance's process. */
export const ZONES = ['America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'];

/** The largest body that passes the proxies. */
export const MOST_BYTES = 16_384;

/** The instance that refuses what others take, and the one that writes it. */
export const PICKY = 2;
const CARELESS = 0;

export const EVERYDAY_RULES = [
	{ collection: 'pages', fields: ['*'] },
	{ collection: 'notes', fields: ['*'] },
];

const key = {
	field: 'id',
	type: 'integer',
	schema: { is_primary_key: true, has_auto_increment: true },
	meta: { hidden: true },
};
const text = (field: string, schema: object = {}) => ({ field, type: 'string', schema, meta: {} });

/** Is dropped and made again. */
export const NOTES = {
	collection: 'notes',
	schema: {},
	meta: {},
	fields: [key, text('name'), text('title')],
};

export async function addCollections(directus: Directus): Promise<void> {
	await directus.request('POST', '/collections', [
		{
			collection: 'pages',
			schema: {},
			meta: {},
			fields: [key, text('name'), text('permalink', { is_unique: true })],
		},
		NOTES,
	]);
}

/** From now on this instance takes no row whose title says that it is unwanted. */
export const refuseUnwanted = (directus: Directus, refuse = true) =>
	directus.request('PATCH', '/fields/posts/title', {
		meta: { validation: refuse ? { title: { _nstarts_with: 'unwanted' } } : null },
	});

type Row = Record<string, unknown>;

async function writeUnwanted(editor: Editor): Promise<void> {
	if (editor.instance !== CARELESS) return;
	const rows = await editor.directus.data<Row[]>('GET', '/items/posts?limit=-1&filter[slug][_nnull]=true');
	const row = rows[Math.floor(editor.random() * rows.length)];
	if (!row) return;
	const title = `unwanted-${editor.word()}`;
	const sets = { [`posts/${String(row['slug'])}`]: { title } };
	await ask(editor, ['PATCH', `/items/posts/${String(row['id'])}`, { title }], { sets });
}

/** Deletes a row and makes another one with its number. */
async function useNumberAgain(editor: Editor): Promise<void> {
	const { directus, word } = editor;
	const rows = await directus.data<Row[]>('GET', '/items/posts?limit=-1&filter[slug][_nnull]=true');
	const row = rows[Math.floor(editor.random() * rows.length)];
	if (!row || rows.length < 6) return;
	const id = row['id'];
	await ask(editor, ['DELETE', `/items/posts/${String(id)}`], { deletes: [`posts/${String(row['slug'])}`] });
	const [slug, title] = [word(), word()];
	await ask(editor, ['POST', '/items/posts', { id, slug, title }], { sets: { [`posts/${slug}`]: { title } } });
}

/** Two pages of the editor's own instance change places. */
async function swapPermalinks(editor: Editor): Promise<void> {
	// One at a time: two who swap the same two at once fail on the unique value, as they would without us.
	if (!editor.isFirst) return;
	const { directus, instance, word } = editor;
	const names = [`pair-${instance}-1`, `pair-${instance}-2`];
	const filter = encodeURIComponent(JSON.stringify({ name: { _in: names } }));
	const rows = await directus.data<Row[]>('GET', `/items/pages?sort=name&filter=${filter}`);
	const [one, other] = rows;
	if (!one || !other) {
		for (const name of names) {
			const permalink = word();
			if (rows.some((row) => row['name'] === name)) continue;
			await ask(editor, ['POST', '/items/pages', { name, permalink }], { sets: { [`pages/${name}`]: { permalink } } });
		}
		return;
	}
	const body = [
		{ id: one['id'], permalink: word() },
		{ id: other['id'], permalink: one['permalink'] },
		{ id: one['id'], permalink: other['permalink'] },
	];
	const sets = {
		[`pages/${String(one['name'])}`]: { permalink: other['permalink'] },
		[`pages/${String(other['name'])}`]: { permalink: one['permalink'] },
	};
	await ask(editor, ['PATCH', '/items/pages', body], { sets });
}

async function writeNote(editor: Editor): Promise<void> {
	const [name, title] = [editor.word(), editor.word()];
	await ask(editor, ['POST', '/items/notes', { name, title }], { sets: { [`notes/${name}`]: { title } } });
}

/** Several of these in one body are more than the proxies take. */
async function writeLong(editor: Editor): Promise<void> {
	const rows = await editor.directus.data<Row[]>('GET', '/items/articles?limit=-1&fields=id,slug');
	const some = rows.slice(0, 12).map(({ id, slug }) => ({ id, slug, body: long(editor) }));
	const sets = Object.fromEntries(some.map(({ slug, body }) => [`articles/${String(slug)}`, { body }]));
	const body = some.map(({ id, body: text }) => ({ id, body: text }));
	if (some.length > 0) await ask(editor, ['PATCH', '/items/articles', body], { sets });
}

const long = ({ word, random }: Editor) =>
	`${word()}-${Array.from({ length: 200 }, () => Math.floor(random() * 36 ** 8).toString(36)).join('')}`;

const EVERYDAY_EDITS: [number, Edit][] = [
	[3, writeUnwanted],
	[3, useNumberAgain],
	[4, swapPermalinks],
	[3, writeNote],
	[1, remove('notes', 'name')],
	[1, writeLong],
];

/** Makes one random edit, as `edit` does, these among them. */
export const everydayEdit = editOf(EVERYDAY_EDITS);
