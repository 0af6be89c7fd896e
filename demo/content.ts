import { crc32, deflateSync } from 'node:zlib';
import { COLLECTIONS, RELATIONS } from './model.js';
import type { Studio } from './studio.js';
import { ANGLES, AUTHORS, SUBJECTS, TAGS } from './words.js';

/** How many images there are; articles share them. */
const IMAGES = 48;

/** Articles per request while filling. */
const PER_REQUEST = 60;

/** Modules of the Studio in Directus' own order, with ours: a module bar that was set shows nothing but what it names. */
const MODULE_BAR = ['content', 'files', 'insights', 'downstream', 'users', 'flows', 'settings'];

/** Makes the content model and its languages, and shows the module. */
export async function layOutModel(studio: Studio, name: string): Promise<void> {
	await studio.write('POST', '/collections', COLLECTIONS);
	for (const relation of RELATIONS) await studio.write('POST', '/relations', relation);
	await studio.write('PATCH', '/settings', {
		project_name: name,
		module_bar: MODULE_BAR.map((id) => ({ type: 'module', id, enabled: true })),
	});
	await studio.write('POST', '/items/languages', [
		{ code: 'en', name: 'English' },
		{ code: 'nl', name: 'Nederlands' },
	]);
}

/** Makes the content model and fills it. Everything is the same at every run. */
export async function fillDirectus(studio: Studio): Promise<void> {
	await layOutModel(studio, 'The Lowland Review');
	const authors = await studio.write<Array<{ id: number }>>(
		'POST',
		'/items/authors',
		AUTHORS.map((name, index) => ({ name, bio: `${name} writes about ${subject(index)} and ${subject(index + 5)}.` })),
	);
	const tags = await studio.write<Array<{ id: number }>>(
		'POST',
		'/items/tags',
		TAGS.map((name) => ({ name, slug: name.toLowerCase() })),
	);
	const images: string[] = [];
	for (let index = 0; index < IMAGES; index++) {
		const form = imageForm(index, `Picture of ${subject(index)}`);
		images.push((await studio.write<{ id: string }>('POST', '/files', form)).id);
	}
	const articles = makeArticles({ authors: authors.map(({ id }) => id), tags: tags.map(({ id }) => id), images });
	for (let from = 0; from < articles.length; from += PER_REQUEST)
		await studio.write('POST', '/items/articles?fields[]=id', articles.slice(from, from + PER_REQUEST));
}

/** An upload of a new small picture, for `POST /files` or, to replace one, `PATCH /files/:id`. */
export function imageForm(seed: number, title?: string): FormData {
	const form = new FormData();
	if (title !== undefined) form.set('title', title);
	form.set('file', new Blob([png(seed)], { type: 'image/png' }), `picture-${seed}.png`);
	return form;
}

/** The part of a page's address that stands for a title. */
export function slugOf(title: string): string {
	return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function makeArticles(has: { authors: number[]; tags: number[]; images: string[] }) {
	const newest = Date.UTC(2026, 9, 31, 12);
	const pairs = ANGLES.flatMap((angle) => SUBJECTS.map((about) => [angle, about] as const));
	return pairs.map(([angle, about], index) => {
		const [en, nl] = [angle[0].replace('%', about[0]), angle[1].replace('%', about[1])];
		const tags = [index, index * 3 + 1, index * 5 + 2].slice(0, 1 + (index % 3)).map((n) => n % has.tags.length);
		return {
			// Every twelfth is still being written.
			status: index % 12 === 11 ? 'draft' : 'published',
			slug: slugOf(en),
			published_at: new Date(newest - index * 20 * 3_600_000).toISOString(),
			author: has.authors[(index * 7) % has.authors.length],
			cover: has.images[index % has.images.length],
			tags: [...new Set(tags)].map((n) => ({ tags_id: has.tags[n] })),
			translations: [
				{ languages_code: 'en', title: en, body: `A story about ${about[0]}, and about those who never left.` },
				{ languages_code: 'nl', title: nl, body: `Een verhaal over ${about[1]}, en over wie nooit vertrok.` },
			],
		};
	});
}

function subject(index: number): string {
	return SUBJECTS[index % SUBJECTS.length]?.[0] ?? '';
}

/** A picture of 160 × 90 in two colours that belong to the seed. */
function png(seed: number): Buffer<ArrayBuffer> {
	const [width, height] = [160, 90];
	const pixel = (x: number, y: number) => [
		(seed * 67 + x) % 256,
		(seed * 151 + y * 2) % 256,
		(seed * 29 + x + y) % 256,
	];
	const rows = Array.from({ length: height }, (_, y) => [
		0,
		...Array.from({ length: width }, (_, x) => pixel(x, y)).flat(),
	]);
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	const pixels = deflateSync(Buffer.from(rows.flat()));
	return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
	const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	check.writeUInt32BE(crc32(typed));
	return Buffer.concat([length, typed, check]);
}
