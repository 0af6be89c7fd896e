/** Takes the pictures that `npm run screenshots` promises; see `scripts/screenshots.mjs`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { directusVersions, ROOT, type DirectusVersion } from '../kit/playground.js';
import { openStudio, type Studio, type Tab, type View } from './browser.js';
import { contactSheet, type Picture } from './contact-sheet.js';
import { interfere } from './interference.js';
import { PAGES, pathOf, prepare, WORLD_OF, type PageState, type StudioPage } from './pages.js';
import { withWholePage } from './whole-page.js';
import { startStudioWorld, type World, type WorldState } from './world.js';

/** A look at pages: in every state, or only in the fullest one, to see how the words and the width do. */
interface Look extends Partial<View> {
	name: string;
	states: 'all' | 'fullest';
}

const LOOKS: readonly Look[] = [
	{ name: 'light-1440', theme: 'light', width: 1440, states: 'all' },
	{ name: 'dark-1440', theme: 'dark', width: 1440, states: 'all' },
	{ name: 'light-390', theme: 'light', width: 390, states: 'all' },
	{ name: 'dark-390', theme: 'dark', width: 390, states: 'all' },
	{ name: 'rtl-1440', theme: 'light', width: 1440, language: 'ar-SA', states: 'fullest' },
	{ name: 'dutch-1440', theme: 'light', width: 1440, language: 'nl-NL', states: 'fullest' },
	{ name: 'french-1440', theme: 'light', width: 1440, language: 'fr-FR', states: 'fullest' },
	{ name: 'french-390', theme: 'light', width: 390, language: 'fr-FR', states: 'fullest' },
	{ name: 'german-1440', theme: 'light', width: 1440, language: 'de-DE', states: 'fullest' },
	{ name: 'german-390', theme: 'light', width: 390, language: 'de-DE', states: 'fullest' },
	{ name: 'light-2560', theme: 'light', width: 2560, height: 1300, states: 'fullest' },
];

const { values } = parseArgs({
	options: {
		directus: { type: 'string' },
		only: { type: 'string' },
		state: { type: 'string' },
		look: { type: 'string' },
	},
});
const asked = (list: string | undefined, name: string) => list === undefined || list.split(',').includes(name);

for (const version of directusVersions().filter((directusVersion) => asked(values.directus, directusVersion)))
	await picture(version);

async function picture(version: DirectusVersion): Promise<void> {
	const folder = join(ROOT, '.tmp', 'screenshots', version);
	const partly = values.only ?? values.state ?? values.look;
	if (partly === undefined) rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const pictures: Picture[] = [];
	const world = await startStudioWorld(version);
	try {
		const studio = await openStudio(world.directus);
		try {
			for (const state of ['empty', 'healthy', 'troubled'] as const) {
				await world.become(state);
				for (const look of LOOKS.filter(({ name }) => asked(values.look, name)))
					pictures.push(...(await takeLook(studio, world, { look, state, folder })));
			}
		} finally {
			await studio.close();
		}
	} finally {
		await world.stop();
	}
	const sheet = join(folder, 'index.html');
	writeFileSync(sheet, contactSheet(`Directus ${version}`, pictures));
	const wrong = pictures.filter(({ notes }) => notes.length > 0);
	for (const { name, notes } of wrong) console.log(`${name}: ${notes.join('\n    ')}`);
	console.log(
		`${pictures.length} pictures of Directus ${version}, ${wrong.length} with notes: .tmp/screenshots/${version}/index.html`,
	);
}

async function takeLook(
	studio: Studio,
	world: World,
	{ look, state, folder }: { look: Look; state: WorldState; folder: string },
): Promise<Picture[]> {
	const shots = PAGES.filter(({ name }) => asked(values.only, name)).flatMap((page) =>
		statesOf(page, look)
			.filter((shown) => WORLD_OF[shown] === state && asked(values.state, shown))
			.map((shown) => ({ page, shown })),
	);
	const pictures: Picture[] = [];
	for (const user of ['admin', 'visitor'] as const) {
		const own = shots.filter(({ shown }) => (shown === 'visitor') === (user === 'visitor'));
		if (own.length === 0) continue;
		const tab = await studio.tab({ ...look, user });
		for (const { page, shown } of own) {
			const name = `${page.name}-${shown}-${look.name}`;
			const notes = await shoot(tab, world, { page, state: shown, file: join(folder, `${name}.png`) });
			pictures.push({ name, page: page.name, state: shown, look: look.name, notes });
		}
		await tab.close();
	}
	return pictures;
}

function statesOf({ states }: StudioPage, { states: wanted }: Look): readonly PageState[] {
	if (wanted === 'all') return states;
	return states.includes('failing') ? ['failing'] : states.slice(0, 1);
}

/** Takes one picture, of the page's whole length; gives what was wrong. */
async function shoot(
	tab: Tab,
	world: World,
	{ page: shown, state, file }: { page: StudioPage; state: PageState; file: string },
): Promise<string[]> {
	const { page, errors } = tab;
	const path = await pathOf(shown, world);
	errors.splice(0);
	const notes: string[] = [];
	const end = await interfere(page, state);
	try {
		await tab.open(path, { loads: state !== 'loading' });
		await prepare(shown, tab, world);
	} catch (error) {
		notes.push(String(error).split('\n')[0] ?? '');
	}
	await withWholePage(page, () => page.screenshot({ path: file }));
	await end();
	const expected = ['error', 'unreachable', 'forbidden', 'visitor'].includes(state);
	return [...notes, ...errors.filter((error) => !(expected && error.includes('Failed to load resource')))];
}
