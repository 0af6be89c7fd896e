import { expect, it } from 'vitest';
import { itemAt } from './item-at.js';

const at = (latest: object | null, code: 'healthy' | 'failing' = 'healthy', stale: string | null = null) =>
	itemAt(latest && ({ error: null, changedAt: 1_000, deliveredAt: 2_000, ...latest } as never), [{ code }], stale)
		.state;

it('says in one word how an item stands at a target', () => {
	expect(at(null)).toBe('never');
	expect(at({ status: 'delivered' })).toBe('live');
	expect(at({ status: 'delivered' }, 'healthy', '/blog')).toBe('stale');
	expect(at({ status: 'pending' })).toBe('on_the_way');
	expect(at({ status: 'pending' }, 'failing')).toBe('late');
	expect(at({ status: 'retrying' })).toBe('late');
	expect(at({ status: 'failed' })).toBe('failed');
	expect(at({ status: 'cancelled' })).toBe('failed');
	expect(at({ status: 'cancelled', error: { code: 'IN_CONFLICT', message: '' } })).toBe('conflict');
	expect(at({ status: 'cancelled', error: { code: 'NOTHING_TO_PURGE', message: '' } })).toBe('nothing');
});
