import { until } from '../test/kit/wait.js';
import { articlePath, type Author } from './pages.js';
import { showPromote } from './promote-view.js';
import type { Links } from './second.js';
import type { Studio } from './studio.js';
import { count, duration, fact, heading, paint, waiting } from './terminal.js';
import { settled, type Stage } from './view.js';

/** The same as before, with the second Directus. */
export interface TwoDesks extends Stage {
	second: Studio;
}

interface Run {
	status: string;
	collections: { collection: string; read: number; queued: number }[];
	deliveries: Record<string, number>;
}

interface Conflict {
	id: string;
	collection: string;
	fields: { field: string; here: unknown; there: unknown }[];
}

const PATIENCE = 120_000;

/** Fills the second Directus, edits on both sides, lets them disagree, and compares. Gives whether both are equal. */
export async function showSync(stage: TwoDesks, links: Links): Promise<boolean> {
	heading('A second Directus is kept equal: same content, other numbers, edits on both sides');
	await showBackfill(stage, links);
	await showEdits(stage);
	await showConflict(stage, links);
	await showPromote(stage, links);
	return showComparison(stage, links);
}

async function showBackfill({ studio, second }: TwoDesks, { there }: Links): Promise<void> {
	const began = performance.now();
	await studio.write('POST', `/downstream/sync/peers/${there}/backfill`, {});
	let run: Run | undefined;
	const done = until(
		async () => {
			run = await studio.read<Run>(`/downstream/sync/peers/${there}/progress`);
			return run.status === 'done' && run;
		},
		{ timeout: PATIENCE, interval: 100, message: () => `the second desk to be filled: ${JSON.stringify(run)}` },
	);
	const { deliveries } = await waiting('the second desk is filled', done);
	await settled(studio);
	await settled(second);
	const took = performance.now() - began;
	const sent = deliveries['delivered'] ?? 0;
	const how =
		sent === 0
			? 'it had everything already'
			: `${sent} rows with their tags, translations and pictures in ${paint(['bold', 'green'], duration(took))}`;
	fact('filled', how);
	if ((deliveries['failed'] ?? 0) > 0) throw new Error(`${deliveries['failed']} rows were not taken in.`);
}

async function showEdits({ studio, second, storefront }: TwoDesks): Promise<void> {
	const stamp = Date.now().toString(36);
	const [author] = await studio.authors();
	if (!author) throw new Error('There is no author.');
	const [first] = author.name.split(' the ');
	const name = `${first} the ${stamp}th`;
	const twin = await twinOf(author, second);
	let asked = performance.now();
	await studio.write('PATCH', `/items/authors/${author.id}`, { name });
	await until(async () => (await second.authors()).some((one) => one.id === twin.id && one.name === name), {
		timeout: PATIENCE,
		interval: 4,
		message: `"${name}" to be at the second desk`,
	});
	fact(
		'there',
		`author ${author.id} renamed here is author ${twin.id} there, after ${green(performance.now() - asked)}`,
	);

	const [article] = await second.articles({ limit: 1 });
	if (!article) throw new Error('There is no article at the second desk.');
	const [known] = await studio.articles({ filter: { slug: { _eq: article.slug } } });
	const title = `From the second desk ${stamp}`;
	const page = articlePath(article.slug, 'en');
	await fetch(storefront.url + page);
	const [text] = await second.read<Array<{ id: number }>>('/items/articles_translations', {
		filter: { articles_id: { _eq: article.id }, languages_code: { _eq: 'en' } },
		fields: ['id'],
	});
	if (!text || !known) throw new Error('The article has no English translation.');
	asked = performance.now();
	await second.write('PATCH', `/items/articles_translations/${text.id}`, { title });
	await until(async () => (await (await fetch(storefront.url + page)).text()).includes(title), {
		timeout: PATIENCE,
		interval: 4,
		message: `${page} to show "${title}"`,
	});
	fact(
		'and back',
		`article ${article.id} there is ${known.id} here: its page of the storefront is fresh after ${green(performance.now() - asked)}`,
	);
	await settled(studio);
	await settled(second);
}

/** Two people write the same author's biography while neither desk hears of the other. */
async function showConflict({ studio, second }: TwoDesks, { there, back }: Links): Promise<void> {
	const author = (await studio.authors())[1];
	if (!author) throw new Error('There is only one author.');
	const twin = await twinOf(author, second);
	const stamp = Date.now().toString(36);
	const both = async (action: 'pause' | 'resume') => {
		await studio.write('POST', `/downstream/targets/${there}/${action}`);
		await second.write('POST', `/downstream/targets/${back}/${action}`);
	};
	await both('pause');
	const [ours, theirs] = [`Written here (${stamp}).`, `Written there (${stamp}).`];
	await studio.write('PATCH', `/items/authors/${author.id}`, { bio: ours });
	await second.write('PATCH', `/items/authors/${twin.id}`, { bio: theirs });
	await both('resume');
	// Whichever hears of the other first holds its own back, and asks.
	const asking = async (desk: Studio) => {
		const open = await desk.read<Conflict[]>('/downstream/sync/conflicts', { status: 'open', limit: 10 });
		const conflict = open.find(({ fields }) => fields.some(({ field }) => field === 'bio'));
		return conflict && { desk, conflict };
	};
	const { desk, conflict } = await until(async () => (await asking(studio)) ?? (await asking(second)), {
		timeout: PATIENCE,
		message: 'the conflict to be told',
	});
	const said = conflict.fields.find(({ field }) => field === 'bio');
	fact(
		'conflict',
		`${author.name}'s biography, written at both desks at once: ${paint('yellow', 'held back, nothing lost')}`,
	);
	const where = desk === studio ? 'first' : 'second';
	fact('', `asked at the ${where} desk: here "${String(said?.here)}", there "${String(said?.there)}"`);
	const use = desk === studio ? 'remote' : 'local';
	await desk.write('POST', `/downstream/sync/conflicts/${conflict.id}/resolve`, { use });
	await settled(studio);
	await settled(second);
	const bio = async (desk: Studio, id: number) => (await desk.authors()).find((one) => one.id === id)?.bio;
	let ends: (string | undefined)[] = [];
	await until(
		async () => {
			ends = [await bio(studio, author.id), await bio(second, twin.id)];
			return ends.every((end) => end === theirs);
		},
		{ timeout: PATIENCE, message: () => `the decision to reach both desks, which say ${ends.join(' / ')}` },
	);
	fact('decided', `for the second desk: both say ${paint(['bold', 'green'], `"${theirs}"`)}`);
}

/** What two instances have of a collection. */
interface Compared {
	collection: string;
	problem: string | null;
	equal: number;
	different: { count: number; rows: { fields: string[] }[] };
	missing_here: { count: number };
	missing_there: { count: number };
}

async function showComparison({ studio }: TwoDesks, { there }: Links): Promise<boolean> {
	const began = performance.now();
	const { equal, collections } = await studio.read<{
		equal: boolean;
		collections: Compared[];
	}>(`/downstream/sync/peers/${there}/compare`);
	const rows = collections.reduce((sum, one) => sum + one.equal, 0);
	const verdict = equal ? paint(['bold', 'green'], 'all equal') : paint(['bold', 'red'], 'NOT equal');
	fact('compared', `${count(rows, 'row')} by their digests in ${duration(performance.now() - began)}: ${verdict}`);
	for (const { collection, different, missing_here, missing_there, problem } of equal ? [] : collections) {
		const fields = [...new Set(different.rows.flatMap((row) => row.fields))].join(', ');
		const counts = [
			...(different.count > 0 ? [`${different.count} differ in ${fields}`] : []),
			...(missing_here.count > 0 ? [`${missing_here.count} missing here`] : []),
			...(missing_there.count > 0 ? [`${missing_there.count} missing there`] : []),
			...(problem === null ? [] : [problem]),
		];
		if (counts.length > 0) fact('', `${collection}: ${counts.join(', ')}`);
	}
	return equal;
}

const green = (ms: number) => paint(['bold', 'green'], duration(ms));

/** The same author there, who has another number. */
async function twinOf({ name }: Author, second: Studio): Promise<Author> {
	const twin = (await second.authors()).find((one) => one.name === name);
	if (!twin) throw new Error(`${name} is not at the second desk.`);
	return twin;
}
