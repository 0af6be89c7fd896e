import { describe, expect, it } from 'vitest';
import { WAITING, type SyncChange } from '../../../contract/sync-messages.js';
import type { RowOutcome } from '../../../contract/sync-together.js';
import { countRow, newPreview, previewRow } from './preview-counts.js';

const change = {
	collection: 'articles',
	sync_id: 'sync',
	key: '1',
	state: { groups: [{ stamp: '', knows: {}, values: { title: 'ours', body: 'text' } }], deleted: null },
	seen_by: [],
} as unknown as SyncChange;
const outcome = (more: Partial<RowOutcome>): RowOutcome => ({
	collection: 'articles',
	sync_id: 'sync',
	item: '7',
	action: 'update',
	...more,
});
const awaits = [{ field: 'author', collection: 'authors', sync_id: 'ada' }];

describe('a row of a preview', () => {
	it('shows what is sent where the other side does not show what it would write', () => {
		const row = previewRow(
			outcome({ fields: [{ field: 'title' }, { field: 'body', from: 'old', to: 'theirs' }] }),
			{ item: '1', change },
			() => false,
		);
		expect(row).toMatchObject({
			item: '1',
			there: '7',
			fields: [
				{ field: 'title', to: 'ours' },
				{ field: 'body', from: 'old', to: 'theirs' },
			],
		});
	});

	it('is made where it only waits for a row that is sent, too', () => {
		const waiting = outcome({ action: 'refused', code: WAITING, message: 'waits', awaits, item: null });
		const row = previewRow(waiting, { item: '1', change }, () => true);
		expect(row).toMatchObject({ action: 'create' });
		expect(row.message).toBeUndefined();
		expect(previewRow(waiting, { item: '1', change }, () => false)).toMatchObject({
			action: 'refused',
			message: 'waits',
			empty: ['author'],
		});
	});

	it('is counted, and only the first of a kind are kept', () => {
		const preview = newPreview('articles', 30);
		const found = { by: 'match' as const, fields: ['slug'] };
		for (let count = 0; count < 12; count += 1)
			countRow(
				preview,
				previewRow(outcome({ found }), { item: String(count), change }, () => false),
			);
		expect(preview).toMatchObject({ counts: { update: 12 }, found: { match: 12 } });
		expect(preview.examples.update).toHaveLength(10);
	});
});
