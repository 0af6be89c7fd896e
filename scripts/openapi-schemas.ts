/** zod as JSON Schema for `docs/openapi.json`: what has an id becomes a component, and is referred to by it. */
import { z } from 'zod';

export type Json = { [key: string]: unknown };

/** Components by name, as they come up. */
export type Components = Record<string, Json>;

/**
 * What is sent, before defaults are filled in, or what is answered; its named parts are added to the components. Answers
 * may have fields that are not declared: newer versions answer more.
 */
export function jsonSchema(schema: z.ZodType, components: Components): Json {
	const made = z.toJSONSchema(schema, {
		io: 'input',
		unrepresentable: 'any',
		override({ jsonSchema: json }) {
			// The format says it, and any integer is meant: the bounds are those of JavaScript.
			if (json.format === 'date-time') delete json.pattern;
			if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
			if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
		},
	});
	return collect(made as Json, components);
}

function collect(schema: Json, components: Components): Json {
	const { $schema: _, $defs = {}, ...rest } = refersToComponents(schema) as Json;
	for (const [name, definition] of Object.entries($defs as Components)) components[name] = withoutId(definition);
	const { id } = rest;
	if (typeof id !== 'string') return rest;
	components[id] = withoutId(rest);
	return { $ref: `#/components/schemas/${id}` };
}

const withoutId = ({ id: _id, ...rest }: Json): Json => rest;

function refersToComponents(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(refersToComponents);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) =>
			key === '$ref' && typeof inner === 'string'
				? [key, inner.replace('#/$defs/', '#/components/schemas/')]
				: [key, refersToComponents(inner)],
		),
	);
}
