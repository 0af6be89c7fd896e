import { startDirectus, type Directus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { startReceiver, type Answer, type ReceivedRequest, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { shiftIntoPast } from './past.js';
import { addRemotes, answerAsPeer, type RemoteName } from './world-remotes.js';
import { pushSome } from './world-config.js';
import { API_KEY, TARGETS, type TargetName } from './world-targets.js';

/** Who logs in to the studio beside the admin: a user of the app without any permission of Downstream's. */
export const VISITOR = { email: 'visitor@example.com', password: 'a visitor of the studio' } as const;

/** How a world is: nothing is configured; all is well and has been for a day; or all that can go wrong has. */
export type WorldState = 'empty' | 'healthy' | 'troubled';

/** A Directus with the studio and, once filled, targets in every state and a history of a day. */
export interface World {
	directus: Directus;
	receiver: Receiver;
	/** Ids of the targets that there are. */
	targets: Partial<Record<TargetName, string>>;
	/** Ids of the remote sources, once it is troubled. */
	remotes: Partial<Record<RemoteName, string>>;
	/** The id of a push of the configuration that can be taken back; empty where there is none. */
	push: string;
	/** Brings it at least so far: from empty over healthy to troubled, never back. */
	become(state: WorldState): Promise<void>;
	/** The newest delivery of a status that has attempts to show, if any has; else of that status at all. */
	deliveryOf(status: string): Promise<string>;
	stop(): Promise<void>;
}

/** Titles of items by which the receiver knows what to answer. */
const REFUSED = 'Refused by the shop';
const SLOW = 'Takes its time';

export async function startStudioWorld(version: DirectusVersion): Promise<World> {
	const receiver = await startReceiver({ respond: (request) => answerTo(request, 'healthy') });
	const directus = await startDirectus({
		version,
		database: 'sqlite',
		content: true,
		env: { SERVE_APP: 'true' },
	}).catch(async (error: unknown) => {
		await receiver.stop();
		throw error;
	});
	const targets: World['targets'] = {};
	const remotes: World['remotes'] = {};
	let reached: WorldState = 'empty';
	let push = '';
	await showModule(directus);
	await addVisitor(directus);

	return {
		directus,
		receiver,
		targets,
		remotes,
		get push() {
			return push;
		},
		async become(state) {
			if (state !== 'empty' && reached === 'empty') {
				await makeHealthy(directus, receiver, targets);
				push = await pushSome(directus);
				reached = 'healthy';
			}
			if (state === 'troubled' && reached === 'healthy') {
				receiver.respond = (request) => answerTo(request, 'troubled');
				Object.assign(remotes, await addRemotes(directus, receiver));
				await makeTroubled(directus, receiver, targets);
				reached = 'troubled';
			}
		},
		async deliveryOf(status) {
			const found = await directus
				.sql('downstream_deliveries')
				.where({ status })
				.orderBy([
					{ column: 'tries', order: 'desc' },
					{ column: 'id', order: 'desc' },
				])
				.first<{ id: string } | undefined>('id');
			if (!found) throw new Error(`There is no delivery that is ${status} in this world.`);
			return found.id;
		},
		async stop() {
			// First the receiver: a request that it lets wait would hold Directus up.
			await receiver.stop();
			await directus.stop();
		},
	};
}

function answerTo(request: ReceivedRequest, state: WorldState): Answer {
	const { path, body } = request;
	const peer = answerAsPeer(request);
	if (peer) return peer;
	if (body.includes(REFUSED) && path.startsWith('/shop'))
		return { status: 422, body: { error: 'There is no page for this article: its slug is taken.' } };
	if (body.includes(SLOW) && path.startsWith('/cdn')) return { hang: true };
	if (state === 'troubled' && path.startsWith('/marketing'))
		return { status: 503, body: 'Deploying, back in a minute.' };
	if (state === 'troubled' && path.startsWith('/docs'))
		return { status: 500, headers: { 'content-type': 'text/html' }, body: '<h1>Internal Server Error</h1>' };
	return { body: { revalidated: true } };
}

/** Without a list of modules, the studio shows its own only. */
async function showModule(directus: Directus): Promise<void> {
	const ids = ['content', 'users', 'files', 'insights', ...(directus.version === '12' ? ['flows'] : [])];
	const modules = [...ids, 'settings', 'downstream'].map((id) => ({
		type: 'module',
		id,
		enabled: true,
		...(id === 'settings' ? { locked: true } : {}),
	}));
	await directus.request('PATCH', '/settings', { module_bar: modules, project_name: 'The Magazine' });
}

export async function addVisitor(directus: Directus): Promise<void> {
	const policy = await directus.data<{ id: string }>('POST', '/policies', { name: 'Visitor', app_access: true });
	const role = await directus.data<{ id: string }>('POST', '/roles', {
		name: 'Visitor',
		policies: [{ policy: policy.id }],
	});
	await directus.request('POST', '/users', { ...VISITOR, first_name: 'Vera', last_name: 'Visitor', role: role.id });
}

async function addTarget(directus: Directus, receiver: Receiver, name: TargetName): Promise<string> {
	const { path, ...target } = TARGETS[name];
	const made = await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', {
		status: 'published',
		api_key: API_KEY,
		...target,
		url: `${receiver.url}${path}`,
	});
	return made.id;
}

/** A day of publishing that went well, but for a few refusals that were looked into, and an incident that is over. */
async function makeHealthy(directus: Directus, receiver: Receiver, targets: World['targets']): Promise<void> {
	for (const name of ['shop', 'marketing', 'docs', 'newsletter', 'search', 'cdn'] as const)
		targets[name] = await addTarget(directus, receiver, name);
	await publishContent(directus);
	await planned(directus);
	await quiet(directus);
	await shiftIntoPast(directus, targets.cdn ?? '');
}

async function publishContent(directus: Directus): Promise<void> {
	const [author] = await directus.data<{ id: number }[]>('POST', '/items/authors', [
		{ name: 'Ada Lovelace', bio: 'First of all.' },
		{ name: 'Grace Hopper', bio: 'Found the moth.' },
	]);
	const articles = await directus.data<{ id: number }[]>(
		'POST',
		'/items/articles',
		Array.from({ length: 30 }, (_, index) => ({
			status: 'published',
			title: `Article ${index + 1}`,
			slug: `article-${index + 1}`,
			body: 'Words. '.repeat(20),
			author: author?.id,
		})),
	);
	const posts = Array.from({ length: 15 }, (_, index) => ({ title: `Post ${index + 1}`, slug: `post-${index + 1}` }));
	await directus.request('POST', '/items/posts', posts);
	await directus.request('POST', '/items/docs', [{ title: 'Getting started' }, { title: 'Reference' }]);
	await planned(directus);
	await quiet(directus);
	const keys = articles.slice(0, 8).map(({ id }) => id);
	await directus.request('PATCH', '/items/articles', { keys, data: { body: 'Rewritten.' } });
	await directus.request('DELETE', `/items/articles/${articles.at(-1)?.id}`);
}

/** One target after the other comes into the state that its name promises in `world-targets.ts`. */
async function makeTroubled(directus: Directus, receiver: Receiver, targets: World['targets']): Promise<void> {
	const { newsletter } = targets;
	await directus.request('POST', '/items/posts', [{ title: REFUSED, slug: 'refused' }]);
	await planned(directus);
	await until(() => count(directus, { status: 'failed' }), {
		timeout: 30_000,
		message: 'a delivery that the shop refuses',
	});
	await directus.request('POST', `/downstream/targets/${newsletter}/pause`, {
		reason: 'The newsletter tool moves house until Thursday.',
	});
	await directus.request('POST', '/items/articles', [
		{ status: 'published', title: 'What waits', slug: 'what-waits' },
		{
			status: 'published',
			title: 'An article with a title that does not end where one would expect it to end',
			slug: 'an-article-with-a-title-that-does-not-end-where-one-would-expect-it-to-end',
		},
	]);
	await directus.request('POST', '/items/docs', [{ title: 'Nobody will see this' }, { title: 'Nor this' }]);
	await until(() => state(directus, targets.docs, 'open'), { timeout: 60_000, message: 'a target that is open' });
	await until(() => state(directus, targets.marketing, 'degraded'), {
		timeout: 30_000,
		message: 'a target that is degraded',
	});
	await directus.request('POST', '/items/posts', [{ title: SLOW, slug: 'slow' }]);
	await until(() => count(directus, { status: 'sending' }), {
		timeout: 30_000,
		message: 'a delivery that is being sent',
	});
	await directus.request('DELETE', '/fields/docs/file');
	await until(() => state(directus, targets.search, 'invalid'), { timeout: 30_000, message: 'an invalid target' });
	targets.preview = await addTarget(directus, receiver, 'preview');
	await cancelSome(directus, newsletter);
	const since = Date.now() - 3 * 3_600_000;
	await directus.sql('downstream_incidents').where({ target: targets.docs }).update({ started_at: since });
}

/** Some of what the paused target would be told is not wanted any more; of any other it might be on its way just now. */
async function cancelSome(directus: Directus, paused: string | undefined): Promise<void> {
	const list = `/downstream/deliveries?status=pending&target=${paused}&limit=1`;
	await until(async () => (await directus.data<{ id: string }[]>('GET', list)).length > 0, {
		message: 'a delivery that waits for the paused target',
	});
	const [waiting] = await directus.data<{ id: string }[]>('GET', list);
	await directus.request('POST', '/downstream/deliveries/cancel', { ids: [waiting?.id] });
	await until(() => count(directus, { status: 'cancelled' }), { message: 'a cancelled delivery' });
}

const planned = (directus: Directus) =>
	until(async () => Number((await directus.sql('downstream_outbox').count({ rows: '*' }).first())?.['rows']) === 0, {
		timeout: 30_000,
		message: 'the outbox to be planned',
	});

const quiet = (directus: Directus) =>
	until(
		async () => (await count(directus, { status: 'pending' })) + (await count(directus, { status: 'sending' })) === 0,
		{
			timeout: 60_000,
			message: 'everything to be sent',
		},
	);

async function count(directus: Directus, where: Record<string, string>): Promise<number> {
	const row = await directus.sql('downstream_deliveries').where(where).count({ rows: '*' }).first();
	return Number(row?.['rows']);
}

async function state(directus: Directus, target: string | undefined, wanted: string): Promise<boolean> {
	const { targets } = await directus.data<{ targets: { id: string; state: string }[] }>('GET', '/downstream/status');
	return targets.some((one) => one.id === target && one.state === wanted);
}
