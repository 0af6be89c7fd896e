import type { RawStep, ServiceCalls } from './writes-extension.js';
import {
	fieldOf,
	file,
	importFile,
	nodeOf,
	one,
	PLAIN,
	plainOf,
	row,
	send,
	some,
	upload,
	yes,
	type Door,
	type Hands,
} from './writes-hands.js';

async function viaService(hands: Hands, calls: ServiceCalls['calls'], collection: string): Promise<unknown> {
	const asked: ServiceCalls = {
		collection,
		calls,
		accountable: yes(hands),
		emitEvents: yes(hands),
		skipTracking: hands.random() < 0.2,
		together: yes(hands),
		rollback: hands.random() < 0.3,
	};
	return send(hands, 'POST', '/writes/service', asked);
}

const raw = (hands: Hands, steps: RawStep[], transaction: boolean, rollback = false) =>
	send(hands, 'POST', '/writes/raw', { steps, transaction, rollback });

async function rawStep(hands: Hands, depth = 0): Promise<RawStep> {
	const table = [...PLAIN, 'docs'][hands.pick(PLAIN.length + 1)] ?? 'posts';
	const keys = await some(hands, table);
	const [id = 0] = keys;
	const set = row(hands, table);
	const quoted = hands.database === 'mysql' ? '`' : '"';
	const fresh = 1_000_000 + hands.pick(1_000_000);
	const key = table === 'docs' ? crypto.randomUUID() : fresh;
	// What plain SQL names and does not hit cannot be told from a hit on SQLite; planning finds that there is no such item.
	if (keys.length === 0) return { table, insert: [{ id: key, ...set }] };
	const kinds: (() => RawStep | Promise<RawStep>)[] = [
		() => ({ table, insert: table === 'docs' ? { id: key, ...set } : set }),
		() => ({ table, insert: [{ id: key, ...set }] }),
		() => ({ table, insert: table === 'docs' ? { id: key, ...set } : [set, row(hands, table)], returning: 'id' }),
		() => (table === 'docs' ? { table, update: set, where: { id } } : { table, insert: [set, row(hands, table)] }),
		() => ({ table, insert: { id, ...set }, merge: 'id' }),
		() => ({ table, insert: { id: hands.random() < 0.5 ? id : key, ...set }, ignore: 'id' }),
		() => ({ table, update: set, where: { id } }),
		() => ({ table, update: set, whereIn: ['id', keys] }),
		() => ({ table, update: set, where: { [fieldOf(table)]: 'v7' } }),
		() => (table === 'docs' ? { table, del: true, where: { id } } : { table, update: set, above: ['id', Number(id)] }),
		() => ({ table: 'posts', increment: 'views', above: ['id', 1] }),
		() => ({ table, del: true, where: { id } }),
		() => ({ table, del: true, whereIn: ['id', keys] }),
		() => ({
			sql: `update ${quoted}${table}${quoted} set ${fieldOf(table)} = ? where id = ?`,
			bindings: [hands.value(), id],
		}),
		() => ({ sql: `update ${table} set ${fieldOf(table)} = '${hands.value()} where' where id = '${id}'` }),
		() => ({
			sql: `insert into ${table} (id, ${fieldOf(table)}) values ('${key}', 'it''s ?')`.replace('?', hands.value()),
		}),
		() => ({ sql: `/* a note */ delete from ${table} where id = '${id}'` }),
		async () =>
			depth > 1
				? { table, update: set, where: { id } }
				: { savepoint: [await rawStep(hands, depth + 1), await rawStep(hands, depth + 1)], undo: yes(hands) },
	];
	return (await kinds[hands.pick(kinds.length)]?.()) ?? { table, update: set, where: { id } };
}

/** Every way into the tables that a process of Directus has. */
export const DOORS: Record<string, Door> = {
	'create one': (hands) => {
		const table = plainOf(hands);
		return send(hands, 'POST', `/items/${table}`, row(hands, table));
	},
	'create many': (hands) => {
		const table = plainOf(hands);
		return send(hands, 'POST', `/items/${table}`, [row(hands, table), row(hands, table)]);
	},
	'create many of which one fails': (hands) =>
		send(hands, 'POST', '/items/articles', [{ title: hands.value() }, { title: hands.value(), author: 99_999_999 }]),
	'create nested': (hands) =>
		send(hands, 'POST', '/items/articles', {
			title: hands.value(),
			sort: hands.pick(4),
			author: { name: hands.value() },
			comments: [{ text: hands.value() }, { text: hands.value() }],
		}),
	'update one': async (hands) => {
		const table = plainOf(hands);
		const id = await one(hands, table);
		return send(hands, 'PATCH', `/items/${table}/${id}`, row(hands, table));
	},
	'update by keys': async (hands) => {
		const table = plainOf(hands);
		return send(hands, 'PATCH', `/items/${table}`, { keys: await some(hands, table), data: row(hands, table) });
	},
	'update by query': async (hands) => {
		const table = plainOf(hands);
		const query = { filter: { id: { _in: await some(hands, table) } } };
		return send(hands, 'PATCH', `/items/${table}`, { query, data: row(hands, table) });
	},
	'update by array': async (hands) => {
		const table = plainOf(hands);
		const ids = await some(hands, table);
		return send(
			hands,
			'PATCH',
			`/items/${table}`,
			ids.map((id) => ({ id, ...row(hands, table) })),
		);
	},
	'update nested': async (hands) => {
		const id = await one(hands, 'articles');
		const [comment] = await some(hands, 'comments', 1);
		const comments = {
			create: [{ text: hands.value() }],
			update: comment ? [{ id: comment, text: hands.value() }] : [],
			delete: [],
		};
		return send(hands, 'PATCH', `/items/articles/${id}`, { title: hands.value(), comments });
	},
	'array of which one fails': async (hands) => {
		const [a, b] = [await one(hands, 'articles'), await one(hands, 'articles')];
		return send(hands, 'PATCH', '/items/articles', [
			{ id: a, title: hands.value() },
			{ id: b, author: 99_999_999 },
		]);
	},
	'a singleton': (hands) => send(hands, 'PATCH', '/items/site', { title: hands.value() }),
	'a text key': (hands) =>
		send(hands, 'POST', '/items/countries', { code: `c${hands.pick(1_000_000)}`, name: hands.value() }),
	'delete by keys': async (hands) => {
		const table = plainOf(hands);
		return send(hands, 'DELETE', `/items/${table}`, await some(hands, table, 2));
	},
	'delete by query': async (hands) => {
		const table = plainOf(hands);
		return send(hands, 'DELETE', `/items/${table}`, {
			query: { filter: { id: { _in: await some(hands, table, 2) } } },
		});
	},
	'delete a parent': async (hands) => {
		const table = ['articles', 'authors'][hands.pick(2)] ?? 'articles';
		return send(hands, 'DELETE', `/items/${table}/${await one(hands, table)}`);
	},
	'grow a graph': async (hands) => {
		const table = nodeOf(hands);
		const made = [];
		for (let index = 0; index < 3; index += 1) {
			const of = async () => (await some(hands, nodeOf(hands), 1))[0] ?? null;
			made.push(await send(hands, 'POST', `/items/${table}`, { title: hands.value(), f0: await of(), f1: await of() }));
		}
		return made;
	},
	'delete in a graph': async (hands) => {
		const table = nodeOf(hands);
		return send(hands, 'DELETE', `/items/${table}/${await one(hands, table)}`);
	},
	'delete in a graph by raw SQL': async (hands) => {
		const table = nodeOf(hands);
		const id = await one(hands, table);
		return raw(hands, [{ table, del: true, where: { id } }], yes(hands));
	},
	GraphQL: async (hands) => {
		const id = await one(hands, 'posts');
		const mutations = [
			`create_posts_items(data: [{ title: "${hands.value()}" }, { title: "${hands.value()}" }]) { id }`,
			`update_posts_batch(data: [{ id: ${id}, title: "${hands.value()}" }]) { id }`,
			`update_posts_items(ids: [${id}], data: { title: "${hands.value()}" }) { id }`,
			`delete_posts_items(ids: [${id}]) { ids }`,
		];
		return send(hands, 'POST', '/graphql', { query: `mutation { ${mutations[hands.pick(mutations.length)]} }` });
	},
	'import CSV': (hands) => importFile(hands, 'posts', 'text/csv', `title\n${hands.value()}\n${hands.value()}\n`),
	'import JSON': (hands) =>
		importFile(
			hands,
			'notrack',
			'application/json',
			JSON.stringify([{ name: hands.value() }, { name: hands.value() }]),
		),
	'import with a bad row': (hands) =>
		importFile(hands, 'articles', 'application/json', `[{"title":"${hands.value()}"},{"title":"x","author":99999999}]`),
	'service: create': (hands) => {
		const table = plainOf(hands);
		return viaService(
			hands,
			[
				['createOne', row(hands, table)],
				['createMany', [row(hands, table)]],
			],
			table,
		);
	},
	'service: update': async (hands) => {
		const table = plainOf(hands);
		const ids = await some(hands, table);
		return viaService(
			hands,
			[
				['updateMany', ids, row(hands, table)],
				['updateBatch', ids.map((id) => ({ id, ...row(hands, table) }))],
			],
			table,
		);
	},
	'service: upsert': async (hands) => {
		const table = plainOf(hands);
		const id = await one(hands, table);
		return viaService(hands, [['upsertMany', [{ id, ...row(hands, table) }, row(hands, table)]]], table);
	},
	'service: delete': async (hands) => {
		const table = [plainOf(hands), nodeOf(hands), 'articles'][hands.pick(3)] ?? 'posts';
		return viaService(hands, [['deleteMany', await some(hands, table, 2)]], table);
	},
	'raw, by itself': async (hands) => raw(hands, [await rawStep(hands)], false),
	'raw, in a transaction': async (hands) =>
		raw(hands, [await rawStep(hands), await rawStep(hands), await rawStep(hands)], true, hands.random() < 0.3),
	'/utils/revert': async (hands) => {
		const id = await one(hands, 'posts');
		const [revision] = await hands.directus.data<{ id: number }[]>(
			'GET',
			`/revisions?filter[collection][_eq]=posts&filter[item][_eq]=${id}&sort=id&limit=1`,
		);
		return revision && send(hands, 'POST', `/utils/revert/${revision.id}`);
	},
	'/utils/sort': async (hands) => {
		const [item, to] = [await one(hands, 'articles'), await one(hands, 'articles')];
		return send(hands, 'POST', '/utils/sort/articles', { item, to });
	},
	'a version that is promoted': async (hands) => {
		const [item] = await some(hands, 'articles', 1);
		if (item === undefined) return null;
		const key = `v${hands.pick(1_000_000)}`;
		const made = await hands.directus.data<{ id: string }>('POST', '/versions', {
			collection: 'articles',
			item: String(item),
			key,
			name: key,
		});
		await send(hands, 'POST', `/versions/${made.id}/save`, { title: hands.value() });
		const { mainHash } = await hands.directus.data<{ mainHash: string }>('GET', `/versions/${made.id}/compare`);
		return send(hands, 'POST', `/versions/${made.id}/promote`, { mainHash });
	},
	'a file uploaded': (hands) => upload(hands, 'POST'),
	'a file replaced': async (hands) => upload(hands, 'PATCH', await file(hands)),
	'a file described': async (hands) => send(hands, 'PATCH', `/files/${await file(hands)}`, { title: hands.value() }),
	'a file deleted': async (hands) => send(hands, 'DELETE', `/files/${await file(hands)}`),
	'a flow': async (hands) => {
		const { directus, pick } = hands;
		const id = await one(hands, 'posts');
		const permissions = ['$trigger', '$full', '$public'][pick(3)];
		const emitEvents = yes(hands);
		const operations = [
			{
				type: 'item-create',
				options: { collection: 'posts', permissions, emitEvents, payload: { title: hands.value() } },
			},
			{
				type: 'item-update',
				options: { collection: 'posts', permissions, emitEvents, key: [id], payload: { title: hands.value() } },
			},
			{ type: 'item-delete', options: { collection: 'posts', permissions, emitEvents, key: [id] } },
		];
		const operation = operations[pick(operations.length)];
		const flow = await directus.data<{ id: string }>('POST', '/flows', {
			name: 'f',
			status: 'active',
			accountability: yes(hands) ? 'all' : null,
			trigger: 'webhook',
			options: { method: 'POST', return: '$last', async: false },
		});
		const made = await directus.data<{ id: string }>('POST', '/operations', {
			name: 'o',
			key: `o${flow.id.slice(0, 8)}`,
			position_x: 1,
			position_y: 1,
			flow: flow.id,
			...operation,
		});
		await directus.request('PATCH', `/flows/${flow.id}`, { operation: made.id });
		const ran = await send(hands, 'POST', `/flows/trigger/${flow.id}`, {});
		await directus.request('DELETE', `/flows/${flow.id}`);
		return { operation, ran };
	},
};
