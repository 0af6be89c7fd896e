import { expect, test } from 'vitest';
import { checkAnswer, routeOf } from './check-answer.js';

const incident = {
	id: '1',
	target: 't',
	kind: 'flush',
	started_at: '2026-11-30T10:00:00.000Z',
	resolved_at: null,
	count: 3,
	last_error: { code: 'HTTP_500', message: 'no' },
};
const meta = { total: 1, limit: 25, page: 1 };
const check = (row: object, more: object = {}) =>
	checkAnswer('GET', '/downstream/incidents?limit=25', { data: [row], meta, ...more });

test('accepts an answer when it is what the route declares', () => {
	expect(() => check(incident)).not.toThrow();
});

test('names the place when a field is missing, has another type, or is not declared', () => {
	const { count: _, ...short } = incident;
	expect(() => check(short)).toThrow('/data/0/count');
	expect(() => check({ ...incident, resolved_at: 12 })).toThrow('/data/0/resolved_at');
	expect(() => check({ ...incident, colour: 'red' })).toThrow('/data/0/colour: is not declared');
	expect(() => check({ ...incident, last_error: { code: 'A', message: 'b', retry: 1 } })).toThrow(
		'/data/0/last_error/retry: is not declared',
	);
	expect(() => check(incident, { hint: 1 })).toThrow('/hint: is not declared');
});

test('knows the route when a fixed path looks like an id', () => {
	expect(routeOf('GET', '/downstream/deliveries/causes?status=failed')).toBe('causes');
	expect(routeOf('GET', '/downstream/deliveries/01')).toBe('delivery');
	expect(routeOf('POST', '/downstream/deliveries/retry')).toBe('retryMany');
	expect(routeOf('POST', '/downstream/deliveries/01/retry')).toBe('retry');
	expect(routeOf('POST', '/downstream/sync/conflicts/resolve')).toBe('syncResolveMany');
	expect(routeOf('GET', '/items/posts')).toBeNull();
	expect(routeOf('GET', '/downstream/nothing')).toBeNull();
});
