import { type Json } from './openapi-schemas.js';

/** A JSON Schema as a TypeScript type, with what it says of its properties as comments. */
export function writtenType(schema: Json, indent = ''): string {
	const { $ref, const: only, enum: values, anyOf, oneOf, allOf, type, items } = schema as Schema;
	if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
	if (only !== undefined) return JSON.stringify(only);
	if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
	const either = anyOf ?? oneOf;
	if (either) return [...new Set(either.map((part) => writtenType(part, indent)))].join(' | ');
	if (allOf) return allOf.map((part) => writtenType(part, indent)).join(' & ');
	if (Array.isArray(type)) return type.map((part) => writtenType({ ...schema, type: part }, indent)).join(' | ');
	if (type === 'array') return listOf(items ? writtenType(items, indent) : 'unknown');
	if (type === 'object') return objectType(schema as Schema, indent);
	if (type === 'integer') return 'number';
	return type ?? 'unknown';
}

interface Schema {
	$ref?: string;
	const?: unknown;
	enum?: unknown[];
	anyOf?: Json[];
	oneOf?: Json[];
	allOf?: Json[];
	type?: string | string[];
	items?: Json;
	properties?: Record<string, Json>;
	required?: string[];
	additionalProperties?: boolean | Json;
}

const listOf = (element: string): string => (/ [|&] /.test(element) ? `(${element})[]` : `${element}[]`);

function objectType({ properties = {}, required = [], additionalProperties }: Schema, indent: string): string {
	const within = `${indent}  `;
	const lines = Object.entries(properties).flatMap(([name, schema]) => {
		const { description } = schema as { description?: string };
		const key = /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
		const line = `${within}${key}${required.includes(name) ? '' : '?'}: ${writtenType(schema, within)};`;
		return description === undefined ? [line] : [`${within}/** ${description} */`, line];
	});
	if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0)
		lines.push(`${within}[key: string]: ${writtenType(additionalProperties, within)};`);
	return lines.length === 0 ? 'object' : `{\n${lines.join('\n')}\n${indent}}`;
}
