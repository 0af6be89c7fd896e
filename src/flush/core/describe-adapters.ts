import { z } from 'zod';
import { flushOptions } from '../../../schema.js';
import type { Adapter } from '../adapters/adapter.js';
import { adapters } from '../adapters/index.js';
import type { AdapterName } from '../../contract/vocabulary.js';
import { purgesTagsByDefault } from './pages/what-adapters-purge.js';

/** One adapter as a form needs it: what it is, and the JSON Schema (2020-12) of what may be set, defaults included. */
export interface AdapterDescription {
	name: AdapterName;
	title: string;
	description: string;
	icon: string;
	/** Whether requests are signed where the target has a signing secret. */
	signs: boolean;
	/** Whether tags alone are purged, unless its options say otherwise; by path, pages must have been reported. */
	by_tags: boolean;
	/** The schema of the adapter's own options. */
	options: Record<string, unknown>;
	/** The schema of the options that every target has. */
	common: Record<string, unknown>;
}

/** Every adapter, described by the schemas that validation reads; in English where it has no words of the language. */
export function describeAdapters(language = 'en-US'): AdapterDescription[] {
	const common = schemaOf(flushOptions);
	return Object.values(adapters).map((adapter) => {
		const { name, title, description, icon, words, signs, options } = adapter;
		const said = wordsIn(words, language);
		return {
			name,
			title: said?.title ?? title,
			description: said?.description ?? description,
			icon,
			signs,
			by_tags: byTags(adapter),
			options: said ? translated(schemaOf(options), said.options) : schemaOf(options),
			common,
		};
	});
}

const known = new WeakMap<Adapter, boolean>();

function byTags(adapter: Adapter): boolean {
	const is = known.get(adapter) ?? purgesTagsByDefault(adapter);
	known.set(adapter, is);
	return is;
}

/** `nl-BE` is served by `nl-NL`. */
const wordsIn = (words: Adapter['words'], language: string) =>
	words[language] ?? Object.entries(words).find(([known]) => known.slice(0, 2) === language.slice(0, 2))?.[1];

function translated(schema: Record<string, unknown>, descriptions: Record<string, string>): Record<string, unknown> {
	const properties = (schema['properties'] ?? {}) as Record<string, Record<string, unknown>>;
	const said = Object.entries(properties).map(([key, property]) => [
		key,
		descriptions[key] === undefined ? property : { ...property, description: descriptions[key] },
	]);
	return { ...schema, properties: Object.fromEntries(said) as Record<string, unknown> };
}

/** Made once for each: what an adapter takes changes only with this package. */
const made = new WeakMap<z.ZodType, Record<string, unknown>>();

function schemaOf(schema: z.ZodType): Record<string, unknown> {
	const known = made.get(schema) ?? jsonSchema(schema);
	made.set(schema, known);
	return known;
}

/** What may be given, before defaults are filled in. */
export const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>;
