import { expect, test } from 'vitest';
import { flushOptionsShape } from '../../../schema.js';
import { adapters } from '../adapters/index.js';
import { describeAdapters } from './describe-adapters.js';
import { ADAPTERS } from '../../contract/vocabulary.js';

interface JsonSchema {
	type?: string;
	description?: string;
	default?: unknown;
	enum?: unknown[];
	properties?: Record<string, JsonSchema>;
	required?: string[];
	additionalProperties?: unknown;
}

const described = describeAdapters();
const optionsOf = (name: string) => described.find((adapter) => adapter.name === name)?.options as JsonSchema;

test('every adapter is described, in the order of the vocabulary', () => {
	expect(described.map(({ name }) => name)).toEqual([...ADAPTERS]);
	for (const { name, title, description, signs } of described)
		expect({ title, description, signs }).toEqual({
			title: adapters[name].title,
			description: adapters[name].description,
			signs: adapters[name].signs,
		});
});

test('with every option of its own, what it is for, its default, and whether it may be left out', () => {
	for (const { name, options } of described) {
		const { properties = {}, additionalProperties } = options as JsonSchema;
		expect(Object.keys(properties)).toEqual(Object.keys(adapters[name].options.shape));
		for (const option of Object.values(properties)) expect(option.description).toMatch(/\w.*\.$/s);
		expect(additionalProperties).toBe(false);
	}
	expect(optionsOf('cloudflare').required).toEqual(['zone']);
	expect(optionsOf('varnish').required).toBeUndefined();
	expect(optionsOf('varnish').properties?.['method']).toMatchObject({
		enum: ['purge', 'xkey-purge', 'xkey-softpurge', 'ban'],
		default: 'purge',
	});
});

test('what is purged by tags unless its options say otherwise', () => {
	const byPath = described.filter(({ by_tags }) => !by_tags).map(({ name }) => name);
	expect(byPath.toSorted()).toEqual(['azure', 'cloudfront', 'nginx', 'varnish']);
});

test('with the options that every target has', () => {
	for (const { common } of described) {
		const { properties = {}, required } = common as JsonSchema;
		expect(Object.keys(properties)).toEqual(Object.keys(flushOptionsShape));
		expect(required).toBeUndefined();
		expect(properties['batch_size']).toMatchObject({ type: 'integer', minimum: 1, maximum: 10_000, default: 100 });
		expect(properties['retry']?.properties?.['tries']).toMatchObject({ default: 10, maximum: 100 });
	}
});

test('as JSON that survives being sent', () => {
	expect(JSON.parse(JSON.stringify(described))).toEqual(described);
});
