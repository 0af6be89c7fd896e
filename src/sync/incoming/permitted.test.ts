import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SyncChange } from '../../contract/sync-messages.js';
import { valuesOf } from '../core/merge/stamp-edits.js';
import { nextStamp } from '../core/merge/stamp.js';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

const seed = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const [A, B, C] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'] as const;
const DOC = 'd0000000-0000-4000-8000-000000000001';

const NOW = 2e12;
let time = 0;
function instance(id: string, firstKey = 1): ExampleInstance {
	let ids = 0;
	const clock = {
		now: () => (time += 1),
		id: () => `${id.slice(0, 8)}-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
	};
	return new ExampleInstance(id, clock, 'update', firstKey);
}

/** What a peer claims of a row of `docs`, set by it just now. */
const claim = (values: Record<string, unknown>, more: Partial<SyncChange> = {}): SyncChange => ({
	collection: 'docs',
	sync_id: DOC,
	key: DOC,
	state: {
		groups: [
			{ stamp: nextStamp(NOW + 3_600_000, null, A), knows: { [A]: nextStamp(NOW + 3_600_000, null, A) }, values },
		],
		deleted: null,
	},
	seen_by: [A],
	...more,
});
const gone: SyncChange['state'] = {
	groups: [],
	deleted: { stamp: '0mwqz2un100-aaaaaaaaaaaa', knows: { [A]: '0mwqz2un100-aaaaaaaaaaaa' } },
};

describe(`a peer that may not do everything (seed ${seed})`, () => {
	beforeEach(() => {
		time = NOW;
	});

	it('is answered alike for right and wrong guesses of what it may not write', async () => {
		const fields = fc.subarray(['label', 'title', '*']);
		await fc.assert(
			fc.asyncProperty(
				fc.record({ create: fields, update: fields, read: fields, delete: fc.boolean() }),
				fc.boolean(),
				fc.boolean(),
				async (permits, isSynced, isRuled) => {
					const answers = [];
					for (const guess of ['4711', 'wrong']) {
						const there = instance(B);
						there.database.create('docs', { id: DOC, label: 'open', title: '4711' }, ++time);
						if (isSynced) await there.plan();
						else there.database.contents.outbox = [];
						there.permits.set('docs', {
							create: new Set(permits.create),
							update: new Set(permits.update),
							read: new Set(permits.read),
							delete: permits.delete,
							updatesSome: isRuled,
						});
						if (isRuled)
							there.refusesRow = () => {
								throw Object.assign(new Error('no'), { status: 403, code: 'FORBIDDEN' });
							};
						answers.push(await there.takeIn(A, [claim({ title: guess })]));
					}
					const mayWrite = permits.update.some((field) => field === '*' || field === 'title') && !isRuled;
					if (!mayWrite) expect(answers[0]).toEqual(answers[1]);
				},
			),
			{ seed, numRuns: 100 },
		);
	}, 60_000);

	it('leaves no record where it may do nothing, whatever it claims', async () => {
		const nothing = { create: new Set<string>(), update: new Set<string>(), read: new Set<string>(), delete: false };
		for (const state of [claim({ title: 'x' }).state, gone]) {
			const there = instance(B);
			there.permits.set('docs', nothing);
			const [answer] = await there.takeIn(A, [claim({}, { state })]);
			expect(answer).toMatchObject({ outcome: 'parked', code: 'FORBIDDEN' });
			expect([...there.database.contents.versions]).toEqual([]);
			expect(there.database.contents.outbox).toEqual([]);
		}
	});

	it('is not found out about by fields that it looks for rows with', async () => {
		const there = instance(B);
		there.permits.set('docs', { update: new Set(['label']), read: new Set() });
		there.database.create('docs', { id: DOC, label: 'open', title: '4711' }, ++time);
		for (const title of ['4711', 'wrong']) {
			const match = { fields: ['title'], count: 1 };
			const other = claim({ title }, { sync_id: 'd0000000-0000-4000-8000-00000000000f', match });
			expect(await there.takeIn(A, [other])).toMatchObject([{ outcome: 'parked', code: 'FORBIDDEN' }]);
		}
	});

	it('has nothing passed on that was refused, of a new row and of one that is here', async () => {
		for (const isHere of [false, true]) {
			const [hub, last] = [instance(B), instance(C)];
			hub.links.push(last);
			if (isHere) {
				hub.database.create('docs', { id: DOC, label: 'old', title: 'mine' }, ++time);
				await hub.plan();
				await hub.send(last);
			}
			hub.permits.set('docs', { create: new Set(['label']), update: new Set(['label']) });
			const [answer] = await hub.takeIn(A, [claim({ label: 'new', title: 'refused' })]);
			expect(answer).toMatchObject({ outcome: 'applied', refused: ['title'] });
			await hub.plan();
			await hub.send(last);
			const title = isHere ? 'mine' : null;
			expect([...last.database.table('docs').values()]).toMatchObject([{ label: 'new', title }]);
			const [record] = hub.database.contents.versions.values();
			expect(JSON.stringify(record)).not.toContain('refused');
		}
	});

	it('has what was refused taken once it is permitted', async () => {
		const there = instance(B);
		there.links.push(instance(A));
		there.permits.set('docs', { create: new Set(['label']) });
		const sent = [claim({ label: 'one', title: 'later' })];
		await there.takeIn(A, sent);
		await there.plan();
		const [record] = there.database.contents.versions.values();
		expect(record && valuesOf(record.state)).not.toHaveProperty('title', 'later');
		there.permits.clear();
		await there.takeIn(A, sent);
		expect([...there.database.table('docs').values()]).toMatchObject([{ label: 'one', title: 'later' }]);
	});

	it('may send a second time what it could create, without being told that it may not update', async () => {
		const there = instance(B);
		there.permits.set('docs', { update: new Set() });
		const sent = [claim({ label: 'one', title: 'two' })];
		expect(await there.takeIn(A, sent)).toMatchObject([{ outcome: 'applied' }]);
		expect(await there.takeIn(A, sent)).toMatchObject([{ outcome: 'unchanged' }]);
	});

	it('may not delete more than anybody would unasked, however it says so, until somebody here decides', async () => {
		for (const forced of [undefined, true] as const) {
			const there = instance(B);
			there.knowsSenders = false;
			const rows = Array.from(
				{ length: 300 },
				(_, index) => `d0000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
			);
			for (const id of rows) there.database.create('docs', { id, label: id, title: 'kept' }, ++time);
			await there.plan();
			there.deletedLately = 0;
			const wanted = rows.map((id) => claim({}, { sync_id: id, key: id, state: gone, ...(forced ? { forced } : {}) }));
			const results = await there.takeIn(A, wanted);
			expect(new Set(results.map(({ code }) => code))).toEqual(new Set(['DELETE_BRAKE']));
			expect(there.database.table('docs').size).toBe(300);
			expect(
				there.database.contents.conflicts.filter(({ status, kind }) => status === 'open' && kind === 'delete'),
			).toHaveLength(300);
			await there.takeIn(A, wanted.slice(0, 60));
			expect(there.database.contents.conflicts).toHaveLength(300);
		}
	}, 60_000);
});
