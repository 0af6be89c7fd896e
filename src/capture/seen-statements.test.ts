import { expect, it } from 'vitest';
import { collection, field } from '../../test/schema-overview.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import { buildWatch } from './core/watch.js';
import { createCapture } from './capture.js';
import type { NewChange } from './new-change.js';
import type { Handle } from './capture-ports.js';
import type { Connection } from './seen-statement.js';

/** A connection that counts what is asked of it; every row that is asked for is there. */
function counting({ stale = false, marks = false } = {}) {
	const fields = [field('id', 'integer'), field('slug', 'string')];
	const schema = { collections: { posts: collection('posts', fields) }, relations: [] };
	const watch = buildWatch([], schema, ['posts']);
	const recorded: NewChange[] = [];
	const work = { host: 0, reads: 0, inserts: 0 };
	const sent: string[] = [];
	const reading: Pick<Handle, 'rows' | 'record' | 'hasEnded'> = {
		rows: (_name, _field, values) => ((work.reads += 1), Promise.resolve(values.map((id) => ({ id, slug: `s${id}` })))),
		record: (changes) => ((work.inserts += 1), void recorded.push(...changes), Promise.resolve()),
		hasEnded: () => false,
	};
	const handle: Handle = {
		...reading,
		read: () => Promise.resolve([]),
		keep: () => false,
		outcome: () => null,
		transaction: null,
		notes: null,
	};
	const capture = createCapture({
		clock: { now: () => 0, random: () => 0, id: () => '' },
		watch: () => watch,
		stale: () => stale,
		refresh: () => Promise.resolve(),
		primary: (name) => (name === 'posts' ? 'id' : null),
		columns: () => ['slug'],
		isNumbered: () => true,
		seesStatements: () => true,
		rulesWritten: () => {},
		report: () => {},
		afterCommit: () => handle,
		wake: () => {},
		broken: (error) => {
			throw error;
		},
	});
	const notes = capture.statements.createNotes();
	const on: Connection = {
		...reading,
		dialect: 'sqlite',
		notes,
		isInTransaction: () => notes.isInTransaction(),
		select: () => Promise.resolve([]),
		lastMade: () => Promise.resolve(null),
		isRefused: () => false,
		wasRefused: () => false,
		control: async (sql) => void sent.push(sql),
		writer: marks ? { make: async () => void sent.push('mark'), unmake: async () => void sent.push('unmark') } : null,
	};
	const run = (sql: string, bindings: unknown[] = []) =>
		capture.statements.run({
			sql,
			bindings,
			on,
			run: () => ((work.host += 1), void sent.push(sql), Promise.resolve(null)),
			outcome: () => ({ affected: null, rows: null, made: null }),
		});
	const inTransaction: Handle = {
		...handle,
		notes,
		transaction: {},
		keep(changes) {
			if (!notes.keeps()) return false;
			for (const change of changes) notes.kept.keep(change);
			return true;
		},
	};
	return { capture, run, work, sent, recorded, inTransaction };
}

const INSERT = 'insert into `posts` (`id`, `slug`) values (?, ?)';
const tell = (action: string, item: number) => ({ action, collection: 'posts', item: String(item), user: null });

it.each([false, true])('records an untracked import a hundred rows at a time (rules stale: %s)', async (stale) => {
	for (const items of [1_000, 2_000]) {
		const { run, work, recorded } = counting({ stale });
		await run('BEGIN;');
		for (let item = 0; item < items; item += 1) await run(INSERT, [item, 'x']);
		expect(recorded).toHaveLength(0);
		await run('COMMIT;');
		expect(recorded).toHaveLength(items);
		expect(work).toEqual({ host: items + 2, reads: 0, inserts: items / 100 });
	}
});

it.each([false, true])(
	'records writes that activity tells of a hundred at a time, and does nothing else for them (rules stale: %s)',
	async (stale) => {
		const items = 2_000;
		const { capture, run, work, recorded, inTransaction } = counting({ stale });
		await run('BEGIN;');
		for (let item = 0; item < items; item += 1) {
			await run(INSERT, [item, 'x']);
			await capture.onActivity([tell('create', item)], inTransaction);
		}
		await run('COMMIT;');
		expect(recorded).toHaveLength(items);
		expect(work).toEqual({ host: items + 2, reads: 0, inserts: items / 100 });
	},
);

it(
	'reads what 60,000 items of one write were, once and in all, and keeps it until they are recorded',
	{ timeout: 60_000 },
	async () => {
		const { capture, run, recorded, inTransaction } = counting({ stale: true });
		const keys = Array.from({ length: 60_000 }, (_, index) => index);
		await capture.beforeUpdate('posts', keys, { slug: 'new' }, inTransaction);
		await run('BEGIN;');
		await run(`update \`posts\` set \`slug\` = ? where \`id\` in (${keys.map(() => '?').join(', ')})`, [
			'new',
			...keys,
		]);
		await capture.onActivity(
			keys.map((key) => tell('update', key)),
			inTransaction,
		);
		await run('COMMIT;');
		expect(recorded).toHaveLength(keys.length);
		expect(recorded.every(({ before, item }) => before?.columns?.['slug'] === `s${item}`)).toBe(true);
	},
);

it('keeps nothing of what is rolled back', async () => {
	const { run, recorded } = counting();
	await run('BEGIN;');
	await run(INSERT, [1, 'x']);
	await run('ROLLBACK');
	await run('BEGIN;');
	await run('COMMIT;');
	expect(recorded).toEqual([]);
});

const UPDATE = 'update posts set slug = 1';
const ELSEWHERE = 'update elsewhere set slug = 1';

it.each([
	[
		'once per transaction',
		['BEGIN;', UPDATE, UPDATE, 'COMMIT;'],
		['BEGIN;', 'mark', UPDATE, UPDATE, 'unmark', 'COMMIT;'],
	],
	['one without a transaction', [UPDATE], ['BEGIN', 'mark', UPDATE, 'unmark', 'COMMIT']],
	[
		'again after a savepoint that is gone back to, and takes away what that left',
		[
			'BEGIN;',
			UPDATE,
			'SAVEPOINT a;',
			'ROLLBACK TO a;',
			'COMMIT;',
			'BEGIN;',
			'SAVEPOINT a;',
			UPDATE,
			'ROLLBACK TO a;',
			UPDATE,
			'COMMIT;',
		],
		[
			'BEGIN;',
			'mark',
			UPDATE,
			'SAVEPOINT a;',
			'ROLLBACK TO a;',
			'unmark',
			'COMMIT;',
			'BEGIN;',
			'SAVEPOINT a;',
			'mark',
			UPDATE,
			'ROLLBACK TO a;',
			'mark',
			UPDATE,
			'unmark',
			'COMMIT;',
		],
	],
	[
		'none of what is not recorded here',
		['BEGIN;', ELSEWHERE, 'COMMIT;', ELSEWHERE],
		['BEGIN;', ELSEWHERE, 'COMMIT;', ELSEWHERE],
	],
	[
		'none that is rolled back any more',
		['BEGIN;', UPDATE, 'ROLLBACK;', 'BEGIN;', 'COMMIT;'],
		['BEGIN;', 'mark', UPDATE, 'ROLLBACK;', 'BEGIN;', 'COMMIT;'],
	],
])('marks its writes for database triggers: %s', async (_what, statements, expected) => {
	const { run, sent } = counting({ marks: true });
	for (const sql of statements) await run(sql);
	expect(sent).toEqual(expected);
});

it('records a collection as a whole that is younger than the schema that was read, and leaves alone what is none', async () => {
	const young = counting({ stale: true });
	for (const table of ['young', 'directus_new', '_knex_temp_alter1'])
		await young.run(`insert into \`${table}\` (\`code\`) values (?)`, ['x']);
	await young.run('update `young` set `code` = ? where `code` = ?', ['y', 'x']);
	expect(young.recorded.map(({ collection: name, item }) => [name, item])).toEqual([
		['young', ALL_ITEMS],
		['young', ALL_ITEMS],
	]);
	const known = counting();
	await known.run('insert into `young` (`code`) values (?)', ['x']);
	expect(known.recorded).toEqual([]);
});
