import { z } from 'zod';
import { flushOptions } from '../../../schema.js';
import { adapters } from '../adapters/index.js';
import type { AdapterName } from '../../contract/vocabulary.js';

/** One adapter as a form needs it: what it is, and the JSON Schema (2020-12) of what may be set, defaults included. */
export interface AdapterDescription {
	name: AdapterName;
	title: string;
	description: string;
	/** Whether requests are signed where the target has a signing secret. */
	signs: boolean;
	/** The schema of the adapter's own options. */
	options: Record<string, unknown>;
	/** The schema of the options that every target has. */
	common: Record<string, unknown>;
}

/** Every adapter, described by the schemas that validation reads. */
export function describeAdapters(): AdapterDescription[] {
	const common = jsonSchema(flushOptions);
	return Object.values(adapters).map(({ name, title, description, signs, options }) => ({
		name,
		title,
		description,
		signs,
		options: jsonSchema(options),
		common,
	}));
}

/** What may be given, before defaults are filled in. */
/** What goes in, without what only code needs. */
export const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>;
