import type { Texts } from './use-words.js';

/** Every language besides English, all its pages at once. A new one is a folder beside `en-US` and one line here. */
const languages: Record<string, () => Promise<{ default: Texts }>> = {
	'de-DE': () => import('./de-DE/index.js'),
	'fr-FR': () => import('./fr-FR/index.js'),
	'nl-NL': () => import('./nl-NL/index.js'),
};

/** The texts of a language, or of one like it: `nl-BE` is served by `nl-NL`. */
export async function textsIn(locale: string): Promise<Texts | undefined> {
	const alike = Object.keys(languages).find((known) => known.slice(0, 2) === locale.slice(0, 2));
	return (await languages[languages[locale] ? locale : (alike ?? '')]?.())?.default;
}
