import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffValues } from './diff-values.js';
import { findCredentials, mayHoldCredentials } from '../secrets/find-credentials.js';
import { planConfig } from './plan-config.js';
import { bundleWith, targetWith } from '../../../../test/fixtures/plan-world.js';
import { fillSecrets, keepSecrets, missingSecrets, readBack } from '../secrets/secret-references.js';
import { takeOutSecrets, tellSecrets } from '../secrets/take-out-secrets.js';

const nothing = () => undefined;
const flow = { _syncId: 'f', name: 'Notify CRM' };
const request = (options: object, more: object = {}) => ({
	_syncId: 'o',
	flow: 'f',
	key: 'send',
	type: 'request',
	options,
	...more,
});
const withOptions = (options: object) => bundleWith({ flows: [flow], operations: [request(options)] });
const optionsOf = (bundle: ReturnType<typeof bundleWith>) => bundle.elements.operations?.[0]?.['options'];

const FORMS: [string, object, object][] = [
	[
		'a header',
		{ headers: [{ header: 'Authorization', value: 'Bearer abcdef123456' }] },
		{ headers: [{ header: 'Authorization', value: 'Bearer ${SECRET:NOTIFY_CRM_SEND_AUTHORIZATION}' }] },
	],
	[
		'a header of any name',
		{ headers: [{ header: 'X-Api-Key', value: 'k' }] },
		{ headers: [{ header: 'X-Api-Key', value: '${SECRET:NOTIFY_CRM_SEND_X_API_KEY}' }] },
	],
	[
		'a query',
		{ url: 'https://example.com/hook?api_key=0123456789&page=2' },
		{ url: 'https://example.com/hook?api_key=${SECRET:NOTIFY_CRM_SEND_URL}&page=2' },
	],
	[
		'a password in an address',
		{ url: 'https://me:hunter2@example.com/hook' },
		{ url: 'https://me:${SECRET:NOTIFY_CRM_SEND_URL}@example.com/hook' },
	],
	[
		'code',
		{ code: "fetch('x', { key: 'sk_live_0123456789abcdef', other: 'ghp_abcdefghijklmnopqrstuvwx' })" },
		{
			code: "fetch('x', { key: '${SECRET:NOTIFY_CRM_SEND_CODE_2}', other: '${SECRET:NOTIFY_CRM_SEND_CODE}' })",
		},
	],
	['an option', { secret: 'of a token' }, { secret: '${SECRET:NOTIFY_CRM_SEND_SECRET}' }],
	[
		'a webhook',
		{ url: 'https://hooks.slack.com/services/T000/B000/abcdef' },
		{ url: 'https://hooks.slack.com/services/${SECRET:NOTIFY_CRM_SEND_URL}' },
	],
];

describe('secrets in files', () => {
	it.each(FORMS)('are references: %s', (_form, options, written) => {
		const { bundle, places } = takeOutSecrets(withOptions(options), {}, nothing);
		expect(optionsOf(bundle)).toEqual(written);
		expect(places).toMatchObject([{ kind: 'operations', syncId: 'o' }]);
		expect(findCredentials(optionsOf(bundle), 'options')).toEqual([]);
		const names = missingSecrets(bundle);
		// On the instance itself the files change nothing, without anybody knowing a secret.
		expect(keepSecrets(bundle, withOptions(options))).toEqual({ bundle: withOptions(options), issues: [] });
		expect(
			keepSecrets(bundle, bundleWith({})).issues.map(({ message }) => names.some((name) => message.includes(name))),
		).toEqual(names.map(() => true));
	});

	it('are never overlooked where one look at the whole is to say that there is none (seed 9)', () => {
		const names = [
			'Authorization',
			'X-Api-Key',
			'api key',
			'passphrase',
			'clientSecret',
			'access_key',
			'privateKey',
			'cookie',
			'plain',
		];
		const values = [
			'Basic abcdefgh',
			'digest abcdefgh',
			'x://u:p@h',
			'h?sig=123456',
			'sk_test_0123456789',
			'rk_live_0123456789',
			`sk-${'a'.repeat(20)}`,
			`ghs_${'a'.repeat(20)}`,
			`github_pat_${'a'.repeat(20)}`,
			`glpat-${'a'.repeat(16)}`,
			'xoxb-0123456789',
			`ASIA${'A'.repeat(16)}`,
			`AIza${'a'.repeat(30)}`,
			`eyJ${'a'.repeat(10)}.eyJ${'a'.repeat(10)}`,
			'-----BEGIN PRIVATE KEY-----',
			'https://hooks.slack.com/services/a/b/c',
			'https://discord.com/api/webhooks/1/a',
			'x',
		];
		fc.assert(
			fc.property(fc.constantFrom(...names), fc.constantFrom(...values), fc.string(), (name, value, around) => {
				const options = { [name]: value, note: `${around} ${value} ${around}` };
				if (!mayHoldCredentials(JSON.stringify(options))) expect(findCredentials(options, 'options')).toEqual([]);
			}),
			{ seed: 9, numRuns: 500 },
		);
	});

	it('have one name where they are the same, and another where they are not', () => {
		const named = (syncId: string, token: string) => request({ token }, { _syncId: syncId });
		const { bundle } = takeOutSecrets(
			bundleWith({ flows: [flow], operations: [named('a', 'first'), named('b', 'second'), named('c', 'first')] }),
			{},
			nothing,
		);
		expect(bundle.elements.operations?.map(({ options }) => Object(options).token)).toEqual([
			'${SECRET:NOTIFY_CRM_SEND_TOKEN}',
			'${SECRET:NOTIFY_CRM_SEND_TOKEN_2}',
			'${SECRET:NOTIFY_CRM_SEND_TOKEN}',
		]);
	});

	it('keep the reference names of the files, even where only the file marks a value as secret', () => {
		const former = withOptions({ token: '${SECRET:CRM}', url: 'https://${SECRET:HOST}/hook' });
		const now = withOptions({ token: 'rotated since', url: 'https://crm.example.com/hook', note: 'rotated since' });
		expect(optionsOf(takeOutSecrets(now, former.elements, nothing).bundle)).toEqual({
			token: '${SECRET:CRM}',
			url: 'https://${SECRET:HOST}/hook',
			note: '${SECRET:CRM}',
		});
	});

	it('are found by what the environment has, where their place is another one now', () => {
		const former = withOptions({ url: 'https://old.example.com/${SECRET:HOOK}' });
		const now = withOptions({ url: 'https://new.example.com/a-secret-path' });
		const { bundle } = takeOutSecrets(now, former.elements, (name) => (name === 'HOOK' ? 'a-secret-path' : undefined));
		expect(optionsOf(bundle)).toEqual({ url: 'https://new.example.com/${SECRET:HOOK}' });
	});

	it('are reported and stay when the flow is missing', () => {
		const settings = bundleWith({
			settings: [{ _syncId: '_sync_default_settings', custom_css: 'url(/a?token=0123456789)' }],
		});
		const { bundle, places } = takeOutSecrets(settings, {}, nothing);
		expect(bundle).toEqual(settings);
		expect(places).toMatchObject([{ kind: 'settings', path: 'custom_css', secrets: [] }]);
		expect(tellSecrets(settings)).toEqual(places);
	});

	it('come back as they were, whatever they are and wherever they stand (seed 14)', () => {
		const word = fc.string({ unit: fc.constantFrom('a', 'b', '$', '{', '}', ':', 'SECRET', '/', ' '), maxLength: 12 });
		fc.assert(
			fc.property(
				fc.array(fc.tuple(word, fc.constantFrom('A', 'B', 'C'))),
				word,
				fc.string({ minLength: 1 }),
				(parts, end, secret) => {
					const template = `${parts.map(([text, name]) => `${text}\${SECRET:${name}}`).join('')}${end}`;
					const text = `${parts.map(([before]) => `${before}${secret}`).join('')}${end}`;
					const found = readBack(template, text);
					if (found === null) return;
					const filled = fillSecrets(withOptions({ template }), (name) => found.get(name));
					expect(diffValues('options', optionsOf(filled), { template: text })).toEqual([]);
				},
			),
			{ seed: 14, numRuns: 300 },
		);
	});
});

describe('a plan of files with references', () => {
	const written = withOptions({
		url: 'https://new.example.com',
		headers: [
			{ header: 'Authorization', value: 'Bearer ${SECRET:CRM}' },
			{ header: 'Accept', value: 'application/json' },
		],
	});
	const here = withOptions({
		url: 'https://old.example.com',
		headers: [
			{ header: 'Accept', value: 'application/json' },
			{ header: 'Authorization', value: 'Bearer of-this-instance' },
		],
	});

	it('keeps what the instance has, whatever its place in a list', () => {
		const { plan, issues, wanted } = planConfig(targetWith(here, written));
		expect(issues).toEqual([]);
		expect(plan.changes.map(({ sync_id }) => sync_id)).toEqual(['o']);
		// The whole column is written.
		expect(optionsOf(wanted)).toMatchObject({ headers: [{ value: 'Bearer of-this-instance' }, {}] });
	});

	it('changes what the environment says otherwise', () => {
		const filled = fillSecrets(written, () => 'rotated');
		expect(optionsOf(planConfig(targetWith(here, filled)).wanted)).toMatchObject({
			headers: [{ value: 'Bearer rotated' }, {}],
		});
	});

	it('is refused when a secret is missing, naming all places at once', () => {
		const two = bundleWith({
			flows: [flow],
			operations: [
				request({ token: '${SECRET:ONE}' }),
				request({ token: '${SECRET:TWO}' }, { _syncId: 'p', key: 'k' }),
			],
		});
		const { issues } = planConfig(targetWith(bundleWith({ flows: [flow], operations: [] }), two));
		expect(issues.filter(({ code }) => code === 'missing_secret')).toMatchObject([
			{ path: 'operations:o', message: expect.stringContaining('ONE'), suggestion: expect.stringContaining('set ONE') },
			{ path: 'operations:p', message: expect.stringContaining('TWO') },
		]);
	});
});
