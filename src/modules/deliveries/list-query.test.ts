import { expect, it } from 'vitest';
import {
	changed,
	filterOf,
	fromLocalTime,
	readListQuery,
	setFilters,
	toLocalTime,
	withoutFilters,
	writeListQuery,
} from './list-query.js';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');

it('reads what an address says, also from links of other pages', () => {
	const list = readListQuery({
		target: 'abc',
		status: 'retrying,failed,pending',
		since: '2026-11-20T10:00:00+01:00',
		page: '3',
		sort: '-tries',
		limit: '50',
		view: 'causes',
	});
	expect(list).toMatchObject({
		target: 'abc',
		status: ['pending', 'retrying', 'failed'],
		since: '2026-11-20T09:00:00.000Z',
		page: 3,
		sort: '-tries',
		limit: 50,
		view: 'causes',
	});
});

it('reads a parameter given several times, or without a value', () => {
	expect(readListQuery({ status: ['failed', 'sending'], target: ['a', 'b'], q: null })).toMatchObject({
		status: ['sending', 'failed'],
		target: 'a',
		q: '',
	});
});

it('ignores unknown parameters', () => {
	const odd = {
		status: 'lost,__proto__',
		event: 'publish',
		last: '2h',
		since: 'yesterday',
		until: '99999999999999999',
		sort: 'password',
		page: '-2',
		limit: '10000',
		view: 'map',
		colour: 'red',
	};
	expect(readListQuery(odd)).toEqual(readListQuery({}));
	expect(writeListQuery(readListQuery(odd))).toEqual({});
});

it('writes what it reads, and leaves out defaults', () => {
	const address = {
		status: 'retrying,failed',
		item: '12',
		event: 'test',
		last: '24h',
		q: 'a, b & c',
		sort: 'created_at',
		page: '2',
	};
	expect(writeListQuery(readListQuery(address))).toEqual(address);
	expect(writeListQuery(changed(readListQuery({}), { status: ['failed', 'retrying'] }))).toEqual({
		status: 'retrying,failed',
	});
});

it('begins at the first page where something else than the page changes', () => {
	const third = readListQuery({ page: '3', cursor: 'x' });
	expect(changed(third, { target: 'a' })).toMatchObject({ page: 1, cursor: '', target: 'a' });
	expect(changed(third, { page: 4 })).toMatchObject({ page: 4 });
});

it('has a time range or single times, never both', () => {
	const range = changed(readListQuery({ since: '2026-11-20' }), { last: '1h' });
	expect(range).toMatchObject({ last: '1h', since: '' });
	expect(changed(range, { since: '2026-11-20T00:00:00.000Z' })).toMatchObject({ last: '' });
	expect(readListQuery({ last: '7d', since: '2026-11-20' })).toMatchObject({ last: '7d', since: '' });
});

it('asks the endpoint only for what is set', () => {
	expect(filterOf(readListQuery({ page: '2', sort: 'tries' }), NOW)).toEqual({});
	expect(filterOf(readListQuery({ status: 'failed', last: '1h', item: '*' }), NOW)).toEqual({
		status: ['failed'],
		since: '2026-11-21T11:00:00.000Z',
		item: '*',
	});
});

it('knows which filters are set, and clears them without changing how the list is shown', () => {
	const list = readListQuery({ status: 'failed', q: 'x', sort: 'tries', limit: '50', page: '2', view: 'causes' });
	expect(setFilters(list)).toEqual(['q', 'status']);
	expect(setFilters(withoutFilters(list))).toEqual([]);
	expect(writeListQuery(withoutFilters(list))).toEqual({ sort: 'tries', limit: '50', view: 'causes' });
});

it('sets and removes a time', () => {
	const iso = '2026-03-29T01:30:00.000Z';
	expect(fromLocalTime(toLocalTime(iso))).toBe(iso);
	expect([toLocalTime(''), fromLocalTime('')]).toEqual(['', '']);
});
