import { expect, it } from 'vitest';
import type { Cause } from '../endpoint/answers.js';
import { groupCauses } from './group-causes.js';

const cause = (change: Partial<Cause>): Cause => ({
	target: 'shop',
	status: 'failed',
	code: 'HTTP_500',
	message: 'old',
	count: 2,
	oldest: '2026-11-20T10:00:00.000Z',
	newest: '2026-11-20T11:00:00.000Z',
	...change,
});

it('is one entry per target and error, whatever the status, with the newest message', () => {
	const groups = groupCauses([
		cause({}),
		cause({ status: 'retrying', count: 5, message: 'new', newest: '2026-11-21T09:00:00.000Z' }),
		cause({ target: 'site', count: 20, oldest: '2026-11-19T00:00:00.000Z' }),
		cause({ code: 'TIMEOUT', count: 1 }),
	]);
	expect(groups.map(({ target, code, count }) => [target, code, count])).toEqual([
		['site', 'HTTP_500', 20],
		['shop', 'HTTP_500', 7],
		['shop', 'TIMEOUT', 1],
	]);
	expect(groups[1]).toMatchObject({
		message: 'new',
		statuses: ['failed', 'retrying'],
		oldest: '2026-11-20T10:00:00.000Z',
		newest: '2026-11-21T09:00:00.000Z',
	});
});
