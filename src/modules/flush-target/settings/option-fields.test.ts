import { describe, expect, it } from 'vitest';
import { describeAdapters } from '../../../flush/core/describe-adapters.js';
import type { JsonSchema } from '../../endpoint/answers.js';
import { optionFields, textsOf, unknownKeys, withOption } from './option-fields.js';

const described = describeAdapters();
const own = (name: string) =>
	optionFields(described.find((adapterDescription) => adapterDescription.name === name)?.options as JsonSchema);
const common = optionFields(described[0]?.common as JsonSchema);
const field = (fields: typeof common, key: string) => fields.find((optionField) => optionField.key === key);

describe('a form made from the adapters as they are', () => {
	it('can show every option', () => {
		const all = [...common, ...described.flatMap(({ name }) => own(name))];
		expect(all.filter(({ kind }) => kind === 'json').map(({ key }) => key)).toEqual([]);
	});

	it('knows numbers with their bounds and defaults', () => {
		expect(field(common, 'batch_size')).toMatchObject({
			kind: 'number',
			label: 'Batch size',
			whole: true,
			min: 1,
			max: 10_000,
			fallback: 100,
			required: false,
		});
		expect(field(common, 'max_wait_ms')?.label).toBe('Max wait (ms)');
		expect(field(common, 'rate')).toMatchObject({ kind: 'number', whole: false, fallback: undefined });
	});

	it('knows maps, groups, choices, toggles, and what is required', () => {
		expect(field(common, 'headers')?.kind).toBe('map');
		expect(field(common, 'collections')?.kind).toBe('list');
		expect(textsOf(' articles,, authors ,')).toEqual(['articles', 'authors']);
		expect(field(common, 'retry')?.fields.map(({ key }) => key)).toEqual(['tries', 'min_ms', 'max_ms']);
		expect(field(own('cloudflare'), 'plan')).toMatchObject({
			kind: 'choice',
			choices: ['free', 'pro', 'business', 'enterprise'],
		});
		expect(field(own('cloudflare'), 'map_tags')).toMatchObject({ kind: 'toggle', fallback: true });
		expect(field(own('cloudflare'), 'zone')).toMatchObject({ kind: 'text', required: true });
	});
});

describe('setting an option', () => {
	it('keeps what it does not know', () => {
		expect(withOption({ other: 1 }, ['batch_size'], 5)).toEqual({ other: 1, batch_size: 5 });
		expect(unknownKeys({ other: 1, rate: 2 }, common)).toEqual(['other']);
	});

	it('stores neither unset options nor empty groups', () => {
		expect(withOption({ retry: { tries: 3 } }, ['retry', 'tries'], undefined)).toEqual({});
		expect(withOption({}, ['retry', 'tries'], 3)).toEqual({ retry: { tries: 3 } });
		expect(withOption({ rate: 1 }, ['rate'], undefined)).toEqual({});
	});
});
