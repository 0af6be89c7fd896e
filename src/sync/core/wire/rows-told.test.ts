import { expect, it } from 'vitest';
import { filterOfRevealed } from './rows-told.js';

const asking = { user: 'me', role: null, roles: ['r1', 'r2'] };
const on = (fields: string[], rule: object = {}) => ({
	fields: new Set(fields),
	rule: rule as Record<string, unknown>,
});
const open = { status: { _eq: 'open' } };

it.each([
	['every row where one permission for all of them has no rule', [on(['*'])], null],
	['every row, whatever others say', [on(['*'], open), on(['title', 'slug'])], null],
	['rows that a rule holds for', [on(['*'], open)], { _or: [open] }],
	['rows that either holds for', [on(['*'], open), on(['title', 'slug'], { a: 1 })], { _or: [open, { a: 1 }] }],
	['no row where no permission is for all of them', [on(['title'])], { _or: [] }],
	['rows of the user', [on(['*'], { by: { _eq: '$CURRENT_USER' } })], { _or: [{ by: { _eq: 'me' } }] }],
	['rows of its roles', [on(['*'], { by: { _in: ['$CURRENT_ROLES'] } })], { _or: [{ by: { _in: ['r1', 'r2'] } }] }],
	['no row by a rule that cannot be worked out', [on(['*'], { by: { _eq: '$CURRENT_USER.team' } })], { _or: [] }],
])('tells of %s', (_, rules, filter) => expect(filterOfRevealed(['title', 'slug'], rules, asking)).toEqual(filter));
