import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderChangesByReference } from './order-changes-by-reference.js';
import { NO_STATE } from '../merge/row-state.js';
import { stampDelete, stampEdits } from '../merge/stamp-edits.js';
import type { SyncModel } from '../rules/sync-model.js';

const at = { now: 1, instance: 'aaaaaaaaaaaa' };
const reference = (field: string, related: string, required: boolean) =>
	[field, { field, kind: 'reference', type: 'integer', related, typeField: null, required }] as const;

function modelOf(collection: string, ...fields: ReturnType<typeof reference>[]): [string, SyncModel] {
	const rest = { primary: 'id', keyType: 'integer' as const, singleton: false, junction: null };
	return [collection, { collection, ...rest, fields: new Map(fields) }];
}

const models = new Map([
	modelOf('authors', reference('favourite', 'articles', false)),
	modelOf('articles', reference('author', 'authors', true), reference('next', 'articles', false)),
	modelOf('pairs', reference('other', 'pairs', true)),
]);

function change(collection: string, sync_id: string, references: Record<string, string> = {}, deleted = false) {
	const values = Object.fromEntries(Object.entries(references).map(([field, id]) => [field, { $ref: id }]));
	const { state } = stampEdits(NO_STATE, { title: sync_id, ...values }, at);
	return { collection, sync_id, state: deleted ? stampDelete(state, at) : state };
}

const ids = (changes: readonly { sync_id: string }[]) => changes.map(({ sync_id }) => sync_id);

describe('orderChangesByReference', () => {
	it('writes what is referred to first', () => {
		const changes = [
			change('articles', 'two', { author: 'ann', next: 'one' }),
			change('articles', 'one'),
			change('authors', 'ann'),
		];
		expect(orderChangesByReference(changes, models)).toMatchObject({ secondPass: [], deletes: [] });
		const order = ids(orderChangesByReference(changes, models).writes);
		expect(order.at(-1)).toBe('two');
		expect(order).toHaveLength(3);
	});

	it('opens a circle where the database does without the reference', () => {
		const changes = [change('articles', 'one', { author: 'ann' }), change('authors', 'ann', { favourite: 'one' })];
		const { writes, secondPass } = orderChangesByReference(changes, models);
		expect(ids(writes)).toEqual(['ann', 'one']);
		expect(secondPass).toEqual([{ change: changes[1], fields: ['favourite'] }]);
	});

	it('gives a row that refers to itself its reference afterwards', () => {
		const { writes, secondPass } = orderChangesByReference([change('articles', 'one', { next: 'one' })], models);
		expect([ids(writes), secondPass[0]?.fields]).toEqual([['one'], ['next']]);
	});

	it('loses nothing where every reference of a circle is required', () => {
		const changes = [change('pairs', 'a', { other: 'b' }), change('pairs', 'b', { other: 'a' })];
		const { writes, secondPass } = orderChangesByReference(changes, models);
		expect(ids(writes).sort()).toEqual(['a', 'b']);
		expect(secondPass).toHaveLength(1);
	});

	it('deletes last, and what refers before what is referred to', () => {
		const changes = [
			change('authors', 'ann', {}, true),
			change('articles', 'one', { author: 'ann' }, true),
			change('articles', 'two'),
		];
		const { writes, deletes } = orderChangesByReference(changes, models);
		expect([ids(writes), ids(deletes)]).toEqual([['two'], ['one', 'ann']]);
	});

	it('keeps two changes of one row in their order', () => {
		const [first, second] = [change('authors', 'ann', { favourite: 'one' }), change('authors', 'ann')];
		const { writes } = orderChangesByReference([first, second, change('articles', 'one')], models);
		expect(writes.indexOf(first)).toBeLessThan(writes.indexOf(second));
	});

	it('holds for any batch: every change once, nothing before what it needs', () => {
		const row = fc.record({
			collection: fc.constantFrom('authors', 'articles', 'pairs'),
			to: fc.array(fc.nat(14), { minLength: 2, maxLength: 2 }),
			deleted: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(row, { maxLength: 15 }), (rows) => {
				const changes = rows.map(({ collection, to, deleted }, index) => {
					const fields = [...(models.get(collection)?.fields.keys() ?? [])];
					const references = Object.fromEntries(fields.map((field, place) => [field, `row ${to[place]}`]));
					return change(collection, `row ${index}`, references, deleted);
				});
				const { writes, deletes, secondPass } = orderChangesByReference(changes, models);
				expect(ids([...writes, ...deletes]).sort()).toEqual(ids(changes).sort());
				for (const [place, write] of writes.entries()) {
					const later = secondPass.find((pass) => pass.change === write)?.fields ?? [];
					const needed = [...(models.get(write.collection)?.fields.values() ?? [])].filter(
						({ field }) => !later.includes(field),
					);
					for (const { field, related } of needed) {
						const target = write.state.groups[0]?.values[field] as { $ref: string } | undefined;
						const on = writes.findIndex((other) => other.collection === related && other.sync_id === target?.$ref);
						expect(on).toBeLessThan(place);
					}
				}
			}),
			{ numRuns: 1_000 },
		);
	});
});
