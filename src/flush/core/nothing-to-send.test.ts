import { expect, test } from 'vitest';
import type { FlushRule } from '../../../schema.js';
import { rulesThatSendNothing } from './nothing-to-send.js';

const rule: FlushRule = { collection: 'posts', events: ['update'], payload: [] };
const vercel = { project: 'site' };

test.each([
	['varnish', {}, 'with these options the adapter varnish sends nothing for a rule without paths'],
	['varnish', { method: 'purge' }, 'with these options the adapter varnish sends nothing for a rule without paths'],
	[
		'vercel',
		{ ...vercel, by: 'paths' },
		'with these options the adapter vercel sends nothing for a rule without paths',
	],
])('%s %j sends nothing for a rule without paths', (adapter, options, message) => {
	const rules = [{ ...rule, paths: ['/{{id}}'] }, rule, null, { ...rule, tags: ['post:{{id}}'], paths: [] }];
	expect(rulesThatSendNothing(rules, { adapter, options })).toEqual([
		{ path: '/1/paths', code: 'nothing_to_send', message },
		{ path: '/3/paths', code: 'nothing_to_send', message },
	]);
});

test.each([
	[undefined, undefined],
	['webhook', {}],
	['nextjs', {}],
	['cloudflare', { zone: '0123456789abcdef0123456789abcdef' }],
	['fastly', { service: 'abc' }],
	['netlify', { site: 'my-site' }],
	['vercel', vercel],
	['varnish', { method: 'ban' }],
])('%s %j has something to send for every rule', (adapter, options) => {
	expect(rulesThatSendNothing([rule, { ...rule, tags: ['a'] }], { adapter, options })).toEqual([]);
});

test.each([
	['varnis', {}],
	['varnish', { method: 'sweep' }],
	[7, null],
])('of %j %j, which are invalid, nothing is said', (adapter, options) => {
	expect(rulesThatSendNothing([rule], { adapter, options })).toEqual([]);
});
