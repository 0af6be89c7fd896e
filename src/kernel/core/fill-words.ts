/**
 * A sentence from a text with `{name}` places and forms between `|`, chosen by a count: one and many, or none, one and
 * many. The Studio's i18n reads such texts in the same way.
 */
export function fillWords(text: string, places: Record<string, string | number> = {}, count?: number): string {
	const forms = text.split('|').map((form) => form.trim());
	const form = count === undefined ? forms[0] : forms[chosen(forms.length, count)];
	const all: Record<string, string | number> = count === undefined ? places : { count, ...places };
	return (form ?? '').replace(/\{(\w+)\}/g, (place, name: string) => {
		const value = all[name];
		return typeof value === 'number' ? value.toLocaleString('en-US') : (value ?? place);
	});
}

const chosen = (forms: number, count: number) =>
	forms === 1 ? 0 : forms === 2 ? (count === 1 ? 0 : 1) : Math.min(count, 2);
