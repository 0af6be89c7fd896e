import type { JsonSchema } from '../../endpoint/answers.js';

/** One field of a form, made from the JSON Schema of an option. */
export interface OptionField {
	key: string;
	kind: 'text' | 'number' | 'toggle' | 'choice' | 'list' | 'map' | 'lists' | 'group' | 'json';
	label: string;
	note: string;
	required: boolean;
	/** What holds while nothing is set. */
	fallback: unknown;
	choices: string[];
	min: number | undefined;
	max: number | undefined;
	whole: boolean;
	/** The fields of a group. */
	fields: OptionField[];
}

/** The fields of an object schema in its own order. What forms cannot show is left to JSON. */
export function optionFields(schema: JsonSchema): OptionField[] {
	const required = new Set(schema.required ?? []);
	return Object.entries(schema.properties ?? {}).map(([key, property]): OptionField => {
		const kind = kindOf(property);
		return {
			key,
			kind,
			label: labelOf(key),
			note: property.description ?? '',
			required: required.has(key) && property.default === undefined && kind !== 'group',
			fallback: property.default,
			choices: kind === 'choice' ? (property.enum ?? []).map(String) : [],
			min: property.minimum ?? (property.exclusiveMinimum === undefined ? undefined : property.exclusiveMinimum),
			max: property.maximum,
			whole: property.type === 'integer',
			fields: kind === 'group' ? optionFields(property) : [],
		};
	});
}

function kindOf({ type, enum: choices, items, properties, additionalProperties }: JsonSchema): OptionField['kind'] {
	if (choices && choices.every((choice) => typeof choice === 'string')) return 'choice';
	if (type === 'string') return 'text';
	if (type === 'integer' || type === 'number') return 'number';
	if (type === 'boolean') return 'toggle';
	if (type === 'array' && items?.type === 'string') return 'list';
	if (type === 'object' && properties) return 'group';
	if (type !== 'object' || typeof additionalProperties !== 'object') return 'json';
	if (additionalProperties.type === 'string') return 'map';
	return additionalProperties.type === 'array' && additionalProperties.items?.type === 'string' ? 'lists' : 'json';
}

/** `max_wait_ms` ⇒ `Max wait (ms)`. */
function labelOf(key: string): string {
	const [unit] = /(?<=_)ms$/.exec(key) ?? [];
	const words = key.replace(/_ms$/, '').replaceAll('_', ' ');
	const sentence = words.replace(/\burl\b/g, 'URL').replace(/^./, (letter) => letter.toUpperCase());
	return unit ? `${sentence} (${unit})` : sentence;
}

/** The texts of a list that is typed with commas in between. */
export const textsOf = (typed: string): string[] =>
	typed
		.split(',')
		.map((text) => text.trim())
		.filter((text) => text !== '');

/** Keys that no field shows, so that they are not lost unseen. */
export const unknownKeys = (options: Record<string, unknown>, fields: OptionField[]): string[] =>
	Object.keys(options).filter((key) => !fields.some((field) => field.key === key));

/**
 * Options with one value set; undefined removes it, and the last value of a group removes the group: an unset option is
 * not stored, so that a later default holds.
 */
export function withOption(options: Record<string, unknown>, path: string[], value: unknown): Record<string, unknown> {
	const [key, ...rest] = path;
	if (key === undefined) return options;
	const below = options[key];
	const next = rest.length > 0 ? withOption(isObject(below) ? below : {}, rest, value) : value;
	const empty = next === undefined || (rest.length > 0 && isObject(next) && Object.keys(next).length === 0);
	if (!empty) return { ...options, [key]: next };
	const { [key]: _, ...others } = options;
	return others;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
