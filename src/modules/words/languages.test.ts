import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { textsIn } from './languages.js';
import type { Texts } from './use-words.js';

const folder = new URL('./', import.meta.url);
const folders = readdirSync(folder, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);
const LANGUAGES = folders.filter((name) => name !== 'en-US');

const parts = readdirSync(new URL('en-US/', folder)).map((file) => file.replace(/\.ts$/, ''));
const english = Object.fromEntries(
	await Promise.all(
		parts.map(async (part) => [part, ((await import(`./en-US/${part}.ts`)) as { default: Texts }).default] as const),
	),
);

/** Every text by its whole key. */
const flat = (texts: Texts, path = ''): [string, string][] =>
	Object.entries(texts).flatMap(([key, text]) =>
		typeof text === 'string' ? [[`${path}${key}`, text] as [string, string]] : flat(text, `${path}${key}.`),
	);

const texts = new Map(flat(english));
const forms = (text: string) => text.split(' | ');
/** The places of a text, each once. */
const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].toSorted();

test('every folder of texts is a language that the Studio loads', async () => {
	for (const language of LANGUAGES) expect(await textsIn(language), language).toBeDefined();
	expect(await textsIn('de-AT')).toBe(await textsIn('de-DE'));
	expect(await textsIn('ja-JP')).toBeUndefined();
});

test.each(LANGUAGES)('%s has every text of English, and no other', async (language) => {
	const translated = new Map(flat((await textsIn(language)) ?? {}));
	expect([...translated.keys()].toSorted()).toEqual([...texts.keys()].toSorted());
});

test.each(LANGUAGES)('%s has the places and the forms of English in every text', async (language) => {
	const translated = new Map(flat((await textsIn(language)) ?? {}));
	for (const [key, text] of texts) {
		const said = translated.get(key) ?? '';
		expect(places(said), key).toEqual(places(text));
		expect(forms(said).length, key).toBe(forms(text).length);
		expect(places(forms(said).at(-1) ?? ''), key).toEqual(places(forms(text).at(-1) ?? ''));
		expect(said === '', key).toBe(text === '');
	}
});
