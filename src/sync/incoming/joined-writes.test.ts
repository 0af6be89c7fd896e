import type { Row } from '../../kernel/core/row.js';
import { describe, expect, it } from 'vitest';
import type { ApplyTransaction } from './apply-ports.js';
import { joinWrites } from './joined-writes.js';

/** A transaction that notes what was written: collection, keys, values. */
function recorded(refuses = false) {
	const written: [collection: string, keys: string, values: Row | null][] = [];
	const write = (collection: string, keys: string[], values: Row | null) => {
		if (refuses) return Promise.reject(new Error('refused'));
		written.push([collection, keys.join(), values]);
		return Promise.resolve();
	};
	const transaction = {
		update: write,
		remove: (collection: string, keys: string[]) => write(collection, keys, null),
		create: (collection: string, values: Row) => write(collection, ['new'], values).then(() => 'new'),
		reads: { leftEmpty: () => Promise.resolve(written.map(() => ({}))) },
	} as unknown as ApplyTransaction;
	return { written, ...joinWrites(transaction) };
}

describe('joined writes', () => {
	it('are one where the same is done to items of a collection', async () => {
		const { written, tx, done } = recorded();
		for (const key of ['1', '2', '3', '3']) await tx.update('posts', [key], { title: 'a' });
		for (const key of ['1', '2']) await tx.remove('posts', [key]);
		await done();
		expect(written).toEqual([
			['posts', '1,2,3', { title: 'a' }],
			['posts', '1,2', null],
		]);
	});

	it('stay apart, and in order, where collection or values differ', async () => {
		const { written, tx, done } = recorded();
		await tx.update('posts', ['1'], { title: 'a' });
		await tx.update('posts', ['2'], { title: 'b' });
		await tx.update('pages', ['3'], { title: 'b' });
		await tx.create('posts', { title: 'c' });
		await tx.update('posts', ['4'], { title: 'a' });
		await done();
		expect(written.map(([collection, keys]) => [collection, keys])).toEqual([
			['posts', '1'],
			['posts', '2'],
			['pages', '3'],
			['posts', 'new'],
			['posts', '4'],
		]);
	});

	it('are done, once, before anything is read', async () => {
		const { written, tx, done } = recorded();
		await tx.update('posts', ['1'], { title: 'a' });
		expect(await tx.reads.leftEmpty()).toHaveLength(1);
		expect(await tx.reads.leftEmpty()).toHaveLength(1);
		await done();
		expect(written).toHaveLength(1);
	});

	it('leave nothing waiting that was refused', async () => {
		const { tx, done } = recorded(true);
		await tx.update('posts', ['1'], { title: 'a' });
		await expect(done()).rejects.toThrow('refused');
		await done();
	});
});
