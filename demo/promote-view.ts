import type { Promotion } from '../src/contract/answers/previews.js';
import { referenceText } from '../src/kernel/core/reference-text.js';
import { until } from '../test/kit/wait.js';
import type { Links } from './second.js';
import { count, duration, fact, heading, line, paint, waiting } from './terminal.js';
import type { TwoDesks } from './sync-view.js';
import { settled } from './view.js';

const PATIENCE = 60_000;
const SIGNS = { create: '+', update: '~', delete: '-', none: '=', refused: '✖' } as const;
const WHY = { chosen: 'chosen', part: 'belongs to it', needed: 'is needed there' } as const;

/** Sets the link to on release only, edits, and promotes some of it: previewed first, then all of it or nothing. */
export async function showPromote(stage: TwoDesks, { there }: Links): Promise<void> {
	const { studio, second } = stage;
	heading('From now on nothing goes to the second desk before somebody has looked at it');
	await onRelease(stage, there, true);
	fact('set', '"on release only": changes are collected, and none is sent');

	const stamp = Date.now().toString(36);
	const [tag, left] = await studio.tags();
	const [known] = await studio.articles({ limit: 1 });
	if (!tag || !left || !known) throw new Error('There are no articles and tags.');
	const author = await studio.write<{ id: number }>('POST', '/items/authors', {
		name: `Nora ${stamp}`,
		bio: 'Joined this morning.',
	});
	const made = await studio.write<{ id: number }>('POST', '/items/articles', {
		status: 'draft',
		slug: `promoted-${stamp}`,
		author: author.id,
		tags: [{ tags_id: tag.id }],
		translations: [{ languages_code: 'en', title: `Promoted ${stamp}`, body: 'Nobody has seen this yet.' }],
	});
	await studio.write('PATCH', `/items/articles/${known.id}`, { author: author.id });
	await studio.write('PATCH', `/items/tags/${left.id}`, { name: `${left.name} ${stamp}` });
	fact('edited', `a new author with a new article and an old one, and the name of a tag: all of it waits here`);

	// Changes are collected in the background, right after they are saved.
	await until(async () => (await waitingFor(studio, there)) >= COLLECTED, {
		timeout: PATIENCE,
		message: 'the edits to be collected',
	});
	const chosen = { items: [{ collection: 'articles', keys: [made.id, known.id] }] };
	let asked = performance.now();
	const path = `/downstream/sync/peers/${there}/promote`;
	const preview = await studio.write<Promotion>('POST', path, chosen);
	fact(
		'previewed',
		`two articles are chosen; the second desk says in ${duration(performance.now() - asked)} what would become of them:`,
	);
	for (const row of preview.rows) if (row.action !== 'none') tell(row);
	const slugs = async () => new Set((await second.read<{ slug: string }[]>('/items/articles', ALL)).map(slugOf));
	if ((await slugs()).has(`promoted-${stamp}`)) throw new Error('The preview was written.');

	asked = performance.now();
	const done = await studio.write<Promotion>('POST', path, {
		...chosen,
		dry_run: false,
		expect: preview.fingerprint,
		reason: 'npm run demo',
	});
	const took = paint(['bold', 'green'], duration(performance.now() - asked));
	fact('promoted', `as it was previewed, ${count(done.rows.length, 'row')} or none: ${took}`);
	if (!(await slugs()).has(`promoted-${stamp}`)) throw new Error('The article was not promoted.');
	const tags = await second.tags();
	if (tags.some(({ name }) => name.endsWith(stamp))) throw new Error('The tag went along.');
	fact('', `the name of the tag was not among it, and stays collected`);

	await onRelease(stage, there, false);
	await waiting('the rest goes out', settled(studio));
	await settled(second);
	fact('set back', 'changes are sent by themselves again, the tag first');
	line();
}

/** The author, the articles, the tag, and the new article's translation and link. */
const COLLECTED = 6;

const waitingFor = async (studio: TwoDesks['studio'], source: string) =>
	(await studio.status()).targets.find(({ id }) => id === source)?.pending ?? 0;

const ALL = { limit: -1, fields: ['slug'] };
const slugOf = ({ slug }: { slug: string }) => slug;

/** One row, and of one that is there already, what changes in it. */
function tell({ collection, item, action, why, fields = [] }: Promotion['rows'][number]): void {
	const style = action === 'refused' ? 'red' : action === 'update' ? 'yellow' : 'green';
	fact('', `${paint(style, SIGNS[action])} ${`${collection} ${item}`.padEnd(28)}${paint('dim', WHY[why])}`);
	for (const { field, from, to } of action === 'update' ? fields : [])
		fact('', `    ${field}: ${shown(from)} → ${shown(to)}`);
}

const shown = (value: unknown) => referenceText(value) ?? JSON.stringify(value ?? null);

async function onRelease({ studio }: TwoDesks, source: string, isOn: boolean): Promise<void> {
	const options = { max_wait_ms: 20, ...(isOn ? { on_release: true } : {}) };
	await studio.write('PATCH', `/items/data_sync_remote_sources/${source}`, { options });
	const inForce = async () =>
		(await studio.status()).targets.some((target) => target.id === source && (target.on_release === true) === isOn);
	await until(inForce, { timeout: PATIENCE, message: `the second desk to be ${isOn ? '' : 'not '}on release only` });
}
