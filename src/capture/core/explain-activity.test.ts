import { expect, test } from 'vitest';
import { unexplained, type KnownChange, type ToldWrite } from './explain-activity.js';

const write = (event: ToldWrite['event'], at: number, item = '1'): ToldWrite => ({
	collection: 'posts',
	item,
	event,
	at,
});
const change = (event: string, from: number, until = from, item = '1'): KnownChange => ({
	collection: 'posts',
	item,
	event,
	from,
	until,
});

test.each([
	['nothing is recorded', write('update', 50_000), [], false],
	['the same write is recorded', write('update', 50_000), [change('update', 49_990)], true],
	[
		'it came while an earlier change of the item waited to be planned',
		write('update', 50_000),
		[change('create', 10_000, 60_000)],
		true,
	],
	[
		'an earlier change of the item was planned before',
		write('update', 50_000),
		[change('update', 40_000, 40_100)],
		false,
	],
	['a later change of the item is recorded', write('update', 50_000), [change('update', 60_000)], false],
	['another item was changed then', write('update', 50_000), [change('update', 50_000, 50_000, '2')], false],
	[
		'only an edit of what was deleted is recorded',
		write('delete', 50_000),
		[change('update', 50_000, Infinity)],
		false,
	],
	['only a deletion of what was made again is recorded', write('create', 50_000), [change('delete', 50_000)], false],
	['the deletion is recorded', write('delete', 50_000), [change('delete', 50_010)], true],
] as const)('tells whether a write is recorded when %s', (_when, told, known, isKnown) => {
	expect(unexplained([told], known)).toEqual(isKnown ? [] : [told]);
});
