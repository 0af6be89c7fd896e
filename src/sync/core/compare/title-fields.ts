/** Names that people give to the field by which they know an item, the likeliest first. */
const LIKELY = ['title', 'name', 'label', 'headline', 'question', 'slug', 'code', 'filename_download'];

/**
 * The fields that make up an item's title: those of the collection's display template, if it has only fields of its own;
 * otherwise the first that is called like one.
 * @param own the fields that have a column and may be shown
 */
export function titleFields(template: string | null, own: ReadonlySet<string>): string[] {
	const named = [...(template ?? '').matchAll(/\{\{([^{}]*)\}\}/g)].map(([, field = '']) => field.trim());
	if (named.length > 0 && named.every((field) => own.has(field))) return named;
	return LIKELY.filter((field) => own.has(field)).slice(0, 1);
}
