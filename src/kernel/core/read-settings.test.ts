import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSettings } from './read-settings.js';

const of = (variables: Record<string, unknown>) => readSettings(variables);

describe('readSettings', () => {
	test('takes the defaults when nothing is set, or what is set is empty', () => {
		const plain = of({});
		expect(plain.problems).toEqual([]);
		expect(plain.environment).toMatchObject({
			DOWNSTREAM_ENABLED: true,
			DOWNSTREAM_RETENTION: 30 * 86_400_000,
			DOWNSTREAM_CONCURRENCY: 64,
			DISABLE_EXTENSION_SCHEMA_CHANGE: false,
			STORAGE_LOCATIONS: ['local'],
		});
		const empty = of({ DOWNSTREAM_ENABLED: '', DOWNSTREAM_RETENTION: ' ', DOWNSTREAM_CONCURRENCY: null });
		expect(empty.problems).toEqual([]);
		expect(empty.environment.DOWNSTREAM_RETENTION).toBe(30 * 86_400_000);
	});

	test.each(['no', 'off', '0', 'false', 'FALSE', 0, false, ' Off '])(
		'switches sending off when DOWNSTREAM_ENABLED is %j',
		(said) => {
			expect(of({ DOWNSTREAM_ENABLED: said })).toMatchObject({
				environment: { DOWNSTREAM_ENABLED: false },
				problems: [],
			});
		},
	);

	test.each(['yes', 'on', 1, 'TRUE', true])('sends when DOWNSTREAM_ENABLED is %j', (said) => {
		expect(of({ DOWNSTREAM_ENABLED: said })).toMatchObject({ environment: { DOWNSTREAM_ENABLED: true }, problems: [] });
	});

	test('sends nothing, and says why, when DOWNSTREAM_ENABLED cannot be read', () => {
		const { environment, problems } = of({ DOWNSTREAM_ENABLED: 'flase' });
		expect(environment.DOWNSTREAM_ENABLED).toBe(false);
		expect(problems).toEqual([
			{ name: 'DOWNSTREAM_ENABLED', problem: expect.stringMatching(/true or false.*"flase".*nothing is sent/) },
		]);
	});

	test.each([30, '30', '30 days', '1e3', 'forever', '-1d', '0d', '100ms'])(
		'removes nothing when DOWNSTREAM_RETENTION is %j',
		(said) => {
			const { environment, problems } = of({ DOWNSTREAM_RETENTION: said });
			expect(environment.DOWNSTREAM_RETENTION).toBeGreaterThan(90 * 365 * 86_400_000);
			expect(problems[0]?.problem).toMatch(/30d.*12h.*nothing is removed/);
		},
	);

	test.each([
		['30d', 30 * 86_400_000],
		['12h', 12 * 3_600_000],
		['90m', 90 * 60_000],
		['2 W', 14 * 86_400_000],
	])('reads %s as a time', (said, ms) => {
		expect(of({ DOWNSTREAM_RETENTION: said }).environment.DOWNSTREAM_RETENTION).toBe(ms);
	});

	test.each([0, -1, 1.5, 'many', 1001, '0x10'])('uses the default when DOWNSTREAM_CONCURRENCY is %j', (said) => {
		const { environment, problems } = of({ DOWNSTREAM_CONCURRENCY: said });
		expect(environment.DOWNSTREAM_CONCURRENCY).toBe(64);
		expect(problems[0]).toMatchObject({
			name: 'DOWNSTREAM_CONCURRENCY',
			problem: expect.stringContaining('1 to 1000'),
		});
	});

	test('alters no collection when a setting that forbids it cannot be read', () => {
		expect(of({ DISABLE_EXTENSION_SCHEMA_CHANGE: 'ture' }).environment.DISABLE_EXTENSION_SCHEMA_CHANGE).toBe(true);
	});

	test('takes a token of digits as text, as Directus hands it over as a number', () => {
		expect(of({ DOWNSTREAM_METRICS_TOKEN: 12_345 })).toMatchObject({
			environment: { DOWNSTREAM_METRICS_TOKEN: '12345' },
			problems: [],
		});
	});

	test('names a misspelt setting, and leaves those of others alone', () => {
		const { problems } = of({ DOWNSTREAM_ENABELD: 'false', DOWNSTREAM_SIGNING_SECRET: 'x', DOWNSTREAM_TEST_RUN: '1' });
		expect(problems).toEqual([
			{ name: 'DOWNSTREAM_ENABELD', problem: 'there is no such setting; did you mean DOWNSTREAM_ENABLED?' },
		]);
	});

	test('never throws, and reads every setting, whatever is set', () => {
		const names = Object.keys(of({}).environment);
		const value = fc.oneof(
			fc.string(),
			fc.integer(),
			fc.double(),
			fc.boolean(),
			fc.array(fc.string()),
			fc.constant(null),
			fc.jsonValue(),
		);
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom(...names), value), (variables) => {
				const { environment, problems } = of(variables);
				expect(Object.keys(environment).toSorted()).toEqual(names.toSorted());
				expect(typeof environment.DOWNSTREAM_ENABLED).toBe('boolean');
				expect(environment.DOWNSTREAM_RETENTION).toBeGreaterThan(0);
				for (const { problem } of problems) expect(problem).toMatch(/expected|did you mean/);
			}),
		);
	});
});
