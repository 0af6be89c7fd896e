import { useI18n } from 'vue-i18n';

/** Texts by key, nested. A text may have `{name}` places, and forms for none, one and many between `|`. */
export interface Texts {
	[key: string]: string | Texts;
}

/** Every key that leads to a text, its parts joined by dots. */
export type KeyOf<Given> = Given extends string
	? never
	: { [Key in keyof Given & string]: Given[Key] extends string ? Key : `${Key}.${KeyOf<Given[Key]>}` }[keyof Given &
			string];

/** What a translation of some texts must have: the same keys. */
export type SameKeys<Given> = { [Key in keyof Given]: Given[Key] extends string ? string : SameKeys<Given[Key]> };

/** Gives the text of a key, in the user's language, numbers as it is written there; `count` chooses its form. */
export type Say<Given> = (key: KeyOf<Given>, places?: Record<string, string | number>, count?: number) => string;

const loaded = new Set<string>();

/**
 * The words of one page or part, registered with the Studio's own i18n under `downstream.<part>`, so that they follow the
 * user's language and fall back to English.
 */
export function useWords<const Given extends Texts>(part: string, english: Given): Say<Given> {
	const { t, locale, mergeLocaleMessage } = useI18n({ useScope: 'global' });
	if (!loaded.has(part)) {
		loaded.add(part);
		mergeLocaleMessage('en-US', { downstream: { [part]: english } });
	}
	const language = locale.value;
	if (language !== 'en-US' && !loaded.has(language)) {
		loaded.add(language);
		void import('./languages.js')
			.then(({ textsIn }) => textsIn(language))
			.then(
				(texts) => texts && mergeLocaleMessage(language, { downstream: texts }),
				() => loaded.delete(language),
			);
	}
	return (key, places = {}, count) => {
		const written = Object.entries(count === undefined ? places : { count, n: count, ...places }).map(
			([name, place]) => [name, typeof place === 'number' ? place.toLocaleString(locale.value) : place],
		);
		return t(`downstream.${part}.${key}`, Object.fromEntries(written) as Record<string, string>, count as number);
	};
}
