import { describe, expect, it } from 'vitest';
import { collection, field } from '../../../test/schema-overview.js';
import { decideOwn, type Decision, type Present } from './decide.js';
import { foldChanges, type ItemChange, type RecordedChange } from '../../capture/core/item-change.js';
import { compileRule } from '../../capture/core/watch.js';

const schema = {
	collections: {
		posts: collection('posts', [
			field('id', 'integer'),
			field('title', 'string'),
			field('from', 'timestamp'),
			field('until', 'timestamp'),
		]),
		directus_users: collection('directus_users', [
			field('id', 'uuid'),
			field('first_name', 'string'),
			field('last_page', 'string'),
		]),
	},
	relations: [],
};
const rule = (more: Record<string, unknown> = {}) =>
	compileRule(
		{ collection: 'posts', events: ['create', 'update', 'delete'], payload: ['title'], ...more },
		't',
		0,
		schema,
	);
const recorded = (more: Partial<RecordedChange> = {}): RecordedChange => ({
	id: 1,
	collection: 'posts',
	item: '1',
	event: 'update',
	at: 1_000,
	user: null,
	before: { title: 'old' },
	between: null,
	beforeRelated: null,
	absent: false,
	fields: null,
	...more,
});
const changed = (...changes: Partial<RecordedChange>[]): ItemChange =>
	foldChanges(changes.map(recorded))[0] as ItemChange;
const present = (more: Partial<Present> = {}): Present => ({
	exists: true,
	matches: true,
	matchedBefore: true,
	row: { title: 'new' },
	...more,
});
const when = { title: { _eq: 'x' } };
const sent = (decision: Decision) => decision.send && decision;

describe('an item of which nobody knows whether it matched', () => {
	it('is sent, and none of its values are known to be for the target', () => {
		const decision = decideOwn(rule({ when }), changed({}), present({ matches: false }), () => 'unknown');
		expect(sent(decision)).toMatchObject({ asItWas: true, shownBefore: [{ matched: false }] });
		expect(decision.reason).toContain('may have before');
	});

	it('is sent when nobody read what it was, whatever revisions hold of it', () => {
		const recalled = changed({ before: null, recalled: [{ title: 'long ago' }] });
		expect(recalled.incomplete).toBe(true);
		const decision = decideOwn(rule({ when, changed: ['title'] }), recalled, present({ matches: false }), () => 'no');
		expect(sent(decision)).toMatchObject({ asItWas: true, shownBefore: [] });
		expect(sent(decideOwn(rule({ changed: ['from'] }), recalled, present(), () => 'yes'))).toMatchObject({
			send: true,
		});
	});

	it('is judged at the time each version was replaced', () => {
		const times: number[] = [];
		const two = changed({ at: 5 }, { at: 9, before: { title: 'between' } });
		decideOwn(rule({ when }), two, present(), (_, at) => (times.push(at), 'no'));
		expect(times).toEqual([5, 9]);
	});
});

describe('a moment that passes', () => {
	const passed = (fields: string[]) => changed({ before: null, fields, passedSince: 900 });

	it('is a change of an item that begins to match', () => {
		const decision = decideOwn(rule({ when }), passed(['from']), present({ matchedBefore: false }), () => 'no');
		expect(sent(decision)).toMatchObject({ event: 'update', asItWas: false });
		expect(decision.reason).toBe('from has passed: the item began to match "when"');
	});

	it('sends an item that stops matching as it was', () => {
		const decision = decideOwn(rule({ when }), passed(['until']), present({ matches: false }), () => 'no');
		expect(sent(decision)).toMatchObject({ asItWas: true, shownBefore: [{ row: { title: 'new' }, matched: true }] });
	});

	it('counts for a rule that names the field, whatever else it asks to have changed', () => {
		const decision = decideOwn(rule({ at: ['from'], changed: ['title'] }), passed(['from']), present(), () => 'yes');
		expect(decision).toMatchObject({ send: true, reason: 'from has passed' });
	});

	it('is nothing to a rule that the item matched before and after, or never', () => {
		expect(decideOwn(rule(), passed(['from']), present(), () => 'yes').send).toBe(false);
		const never = present({ matches: false, matchedBefore: false });
		expect(decideOwn(rule({ when, at: ['from'] }), passed(['from']), never, () => 'no').send).toBe(false);
		expect(decideOwn(rule(), passed(['from']), present({ exists: false, row: null }), () => 'yes').send).toBe(false);
	});

	it('does not hide an edit that was made with it', () => {
		const both = changed({ at: 1 }, { before: null, fields: ['from'], passedSince: 900 });
		expect(decideOwn(rule({ changed: ['title'] }), both, present(), () => 'yes')).toMatchObject({
			send: true,
			reason: 'title changed',
		});
	});
});

describe('what Directus itself keeps of a user', () => {
	const users = rule({ collection: 'directus_users', payload: ['first_name'] });
	const seen = (before: Record<string, unknown>, fields: string[] | null, compiled = users) =>
		decideOwn(
			compiled,
			changed({ collection: 'directus_users', before, fields }),
			present({ row: { first_name: 'Ann', last_page: '/b' } }),
			() => 'yes',
		).send;

	it('is no change unless the rule asks for it', () => {
		expect(seen({ first_name: 'Ann', last_page: '/a' }, null)).toBe(false);
		expect(seen({ first_name: 'Ann', last_page: '/a' }, ['last_page'])).toBe(false);
		const asks = rule({ collection: 'directus_users', payload: ['last_page'] });
		expect(seen({ first_name: 'Ann', last_page: '/a' }, null, asks)).toBe(true);
	});

	it('hides no other change', () => {
		expect(seen({ first_name: 'Bob', last_page: '/a' }, null)).toBe(true);
		expect(seen({ first_name: 'Ann', last_page: '/a' }, ['password'])).toBe(true);
	});
});
