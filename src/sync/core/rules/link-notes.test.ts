import { describe, expect, it } from 'vitest';
import { syncRule } from '../../../../schema.js';
import { SYNC_SCHEMA } from '../../../../test/sync-schema.js';
import { compileSyncRules } from './compile-sync-rules.js';
import { linkNotes } from './link-notes.js';

const [compiled] = compileSyncRules(
	[syncRule.parse({ collection: 'articles', fields: ['title', 'date_updated'] })],
	'source',
	SYNC_SCHEMA,
);

describe('what is said of a link beforehand', () => {
	it.each([
		[true, false, /"date_updated" of "articles" at Paris have whole seconds only/],
		[true, undefined, /at Paris have whole seconds only/],
		[false, true, /have here whole seconds only/],
	])(
		'is which times are cut where one side keeps milliseconds (this one %s, the remote %s)',
		(local, remote, message) => {
			const notes = compiled ? linkNotes(compiled, { local, remote }, 'Paris') : [];
			expect(notes).toMatchObject([{ path: '/schema/0/fields/1', message: expect.stringMatching(message) }]);
		},
	);

	it('is that users are whom the other side knows', () => {
		const [named] = compileSyncRules(
			[syncRule.parse({ collection: 'articles', fields: ['title', 'editor'] })],
			'source',
			SYNC_SCHEMA,
		);
		const notes = named ? linkNotes(named, { local: true, remote: true }, 'Paris') : [];
		expect(notes).toMatchObject([
			{ path: '/schema/0/fields/1', message: expect.stringMatching(/"editor" of "articles".*count as equal/) },
		]);
	});

	it.each([
		[true, true],
		[false, false],
	])('is nothing of times where both keep the same (%s)', (local, remote) => {
		expect(compiled && linkNotes(compiled, { local, remote }, 'Paris')).toEqual([]);
	});
});
