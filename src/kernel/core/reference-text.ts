/** A reference as it travels, with the key and the title that its item has on this instance, where that has it. */
interface NamedReference {
	$ref: string;
	of?: string;
	item?: string | null;
	title?: string | null;
}

const isReference = (value: unknown): value is NamedReference =>
	typeof value === 'object' && value !== null && '$ref' in value && typeof value.$ref === 'string';

/**
 * A reference for people: the title of the item that it leads to, and its key on this instance, or the id that all instances
 * share where this one does not have it. A user is shown by e-mail address, external id or id. Null for other values.
 */
export function referenceText(value: unknown): string | null {
	if (isReference(value)) {
		const { $ref: id, of = '', item, title } = value;
		const key = [of, item ?? id].filter(Boolean).join(' ');
		return title ? `${title} (${key})` : key;
	}
	const { $user: user } = (value ?? {}) as { $user?: unknown };
	return typeof user === 'string' ? user.replace(/^(email|external|id):/, '') : null;
}
