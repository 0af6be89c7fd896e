import { expect, it } from 'vitest';
import { memoryDatabase } from '../../test/kit/memory-database.js';
import { movedFlushRule } from '../config/core/moves/move-rules.js';
import type { Move } from '../config/core/moves/move-names.js';
import { followInQueue } from './follow-in-queue.js';

it('has what was saved and not sent yet follow a new name, and the rules that it is sent by', async () => {
	const database = memoryDatabase();
	const fill = async (table: string, rows: Record<string, unknown>[]) => {
		await database.schema.createTable(table, (made) => {
			for (const column of Object.keys(rows[0] ?? {})) made.specificType(column, '');
		});
		for (const row of rows) await database(table).insert(row);
	};
	const before = JSON.stringify({ columns: { slug: 'was', rank: 2 } });
	const change = { collection: 'articles', before, fields: '["slug","rank"]' };
	await fill('downstream_outbox', [
		{ id: 1, ...change },
		{ id: 2, ...change, collection: 'tags' },
		{ id: 3, ...change, before: null, fields: null },
	]);
	const delivery = { collection: 'articles', kind: 'flush', status: 'retrying' };
	await fill('downstream_deliveries', [
		{ id: 1, ...delivery },
		{ id: 2, ...delivery, status: 'delivered' },
		{ id: 3, ...delivery, kind: 'sync' },
	]);
	await fill('downstream_rules', [
		{ hash: 'one', rule: '{"collection":"articles","payload":["slug"]}' },
		{ hash: 'other', rule: '{"collection":"tags","payload":["slug"]}' },
	]);
	const moves: Move[] = [
		{ kind: 'collections', from: 'articles', to: 'posts' },
		{ kind: 'fields', collection: 'posts', from: 'slug', to: 'path' },
	];
	for (const move of moves)
		await followInQueue(database, move, (rule) => movedFlushRule(rule, { move, leads: () => null }));

	expect(await database('downstream_outbox').orderBy('id')).toEqual([
		{ id: 1, collection: 'posts', before: '{"columns":{"path":"was","rank":2}}', fields: '["path","rank"]' },
		{ id: 2, ...change, collection: 'tags' },
		{ id: 3, collection: 'posts', before: null, fields: null },
	]);
	const collections = await database('downstream_deliveries').orderBy('id').pluck('collection');
	expect(collections).toEqual(['posts', 'articles', 'articles']);
	expect(await database('downstream_rules').orderBy('hash').pluck('rule')).toEqual([
		'{"collection":"posts","payload":["path"]}',
		'{"collection":"tags","payload":["slug"]}',
	]);
	await database.destroy();
});
