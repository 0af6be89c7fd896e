import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Bundle, Element, ElementKind } from '../../src/contract/bundle.js';
import type { Change, ConfigIssue, Plan } from '../../src/contract/plan.js';
import { checkAnswer } from '../kit/check-answer.js';
import type { Directus } from '../kit/directus.js';
import { installedVersion, KEPT, ROOT, type DirectusVersion } from '../kit/playground.js';
import { largeConfig, type LargeConfigOptions } from '../config/large-config.js';
import { buildExtension } from './test-extension.js';

/** What a push answered. */
export interface Pushed {
	status: number;
	id: string | null;
	plan: Plan;
	warnings: ConfigIssue[];
	/** Where it was refused. */
	code: string;
	message: string;
	issues: ConfigIssue[];
}

export type PushOptions = Record<string, unknown>;

/** One request of a Directus' config routes, whatever is answered; the body is packed, so that its size does not matter. */
export async function ask(
	{ url, token }: Pick<Directus, 'url' | 'token'>,
	path: string,
	body?: unknown,
	method = 'POST',
): Promise<{ status: number; body: Record<string, unknown> }> {
	const response = await fetch(`${url}${path}`, {
		method,
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/gzip' },
		...(body === undefined ? {} : { body: gzipSync(JSON.stringify(body)) }),
	});
	const answer = (await response.json()) as Record<string, unknown>;
	if (response.ok) checkAnswer(method, path, answer);
	return { status: response.status, body: answer };
}

export async function pull(directus: Directus, choice: Record<string, unknown> = {}): Promise<Bundle> {
	const { status, body } = await ask(directus, '/downstream/config/pull', choice);
	if (status !== 200) throw new Error(`pull: ${JSON.stringify(body)}`);
	return body['data'] as Bundle;
}

export async function diff(directus: Directus, bundle: unknown, options: PushOptions = {}): Promise<Plan> {
	const { status, body } = await ask(directus, '/downstream/config/diff', { bundle, ...options });
	if (status !== 200) throw new Error(`diff: ${JSON.stringify(body)}`);
	return body['data'] as Plan;
}

export const push = (directus: Directus, bundle: unknown, options: PushOptions = {}): Promise<Pushed> =>
	pushTo(directus, '/downstream/config/push', { bundle, ...options });

export async function pushTo(directus: Pick<Directus, 'url' | 'token'>, path: string, sent: unknown): Promise<Pushed> {
	const { status, body } = await ask(directus, path, sent);
	const { data, meta, errors } = body as {
		data?: { id: string | null; plan: Plan };
		meta?: { warnings: ConfigIssue[] };
		errors?: { message: string; extensions: { code: string; issues?: ConfigIssue[]; plan?: Plan } }[];
	};
	const [error] = errors ?? [];
	return {
		status,
		id: data?.id ?? null,
		plan: data?.plan ??
			error?.extensions.plan ?? { version: 1, fingerprint: '', changes: [], adoptions: [], summary: NOTHING },
		warnings: meta?.warnings ?? [],
		code: error?.extensions.code ?? '',
		message: error?.message ?? '',
		issues: error?.extensions.issues ?? [],
	};
}

export const NOTHING: Plan['summary'] = { create: 0, update: 0, delete: 0, none: 0, kept: 0 };

/** The steps that a plan makes. */
export const stepsOf = ({ changes }: Plan): Change[] =>
	changes.filter(({ kept, action }) => !kept && action !== 'none');

/** A configuration with some of everything; at 1 the large one. */
export const someConfig = (version: DirectusVersion, scale: number, options: LargeConfigOptions = {}): Bundle =>
	largeConfig({ directus: installedVersion(version), scale, ...options });

/** A copy of a bundle that may be changed. */
export const copied = (bundle: Bundle): Bundle => structuredClone(bundle);

/** An element of a bundle that is there for certain. */
export function elementOf(
	bundle: Bundle,
	kind: ElementKind,
	find: (element: Element) => boolean = () => true,
): Element {
	const found = bundle.elements[kind]?.find(find);
	if (!found) throw new Error(`the bundle has no such element of ${kind}`);
	return found;
}

/** Tables whose rows say what happened, not what is: they change with every request. */
const PASSING = /^(directus_(sessions|activity|revisions)|downstream_(nodes|hours|outbox|deliveries)|sqlite_sequence)$/;

/** What of our own notes goes on by itself: who works, how far clock and activity are read, that rules are to be read again. */
const MOVING = /^(lease:|clock:|activity|rules$)/;

/**
 * Everything that a database holds, as one value: the definition of its tables as Directus sees them, and all rows. What
 * must not have changed is compared by it. `last_access` and leases come and go.
 */
export async function everythingIn({
	sql,
	database,
}: Pick<Directus, 'sql' | 'database'>): Promise<Record<string, unknown>> {
	const tables = await tableNames({ sql, database });
	const everything: Record<string, unknown> = {};
	for (const table of tables.filter((name) => !PASSING.test(name)).toSorted()) {
		const rows = (await sql(table).select<Record<string, unknown>[]>('*')).filter(
			({ key }) => table !== 'downstream_meta' || !MOVING.test(String(key)),
		);
		for (const row of rows) for (const column of ['last_access', 'last_page']) delete row[column];
		everything[table] = {
			columns: await sql(table).columnInfo(),
			rows: rows.map((row) => JSON.stringify(row)).toSorted(),
		};
	}
	return everything;
}

async function tableNames({ sql, database }: Pick<Directus, 'sql' | 'database'>): Promise<string[]> {
	if (database === 'sqlite')
		return (await sql('sqlite_master').where({ type: 'table' }).select<{ name: string }[]>('name')).map(
			({ name }) => name,
		);
	const schema = database === 'postgres' ? sql.raw('current_schema()') : sql.raw('database()');
	const rows = await sql('information_schema.tables')
		.where({ table_schema: schema, table_type: 'BASE TABLE' })
		.select<{ name: string }[]>({ name: 'table_name' });
	return rows.map(({ name }) => name);
}

/** Where this process writes its extension. */
const EXTENSION = join(KEPT, `config-test-${process.pid}`);

export const removeFailing = (): void => rmSync(EXTENSION, { recursive: true, force: true });

/**
 * An extension that pushes as the package does, and fails on purpose: `POST /failing/push { fail_at, kill_at, … }` fails,
 * or kills the process, before the step of that number; it answers how many steps there were.
 */
export async function buildFailing(): Promise<string> {
	const folder = join(EXTENSION, 'failing');
	const entry = join(folder, 'entry.ts');
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		entry,
		`import { randomUUID } from 'node:crypto';
		import { createConfigPorts } from '${ROOT}src/config/open-config.ts';
		import { createConfigEngine } from '${ROOT}src/config/config-engine.ts';
		export default {
			id: 'failing',
			handler: (router, { services, getSchema, database, logger }) => {
				router.post('/push', async (request, response) => {
					const chunks = [];
					for await (const chunk of request) chunks.push(chunk);
					const { gunzipSync } = await import('node:zlib');
					const { bundle, fail_at, kill_at, options, moved = [] } = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString());
					let steps = 0;
					const clock = { now: Date.now, random: Math.random, id: randomUUID };
					const engine = createConfigEngine(createConfigPorts({
						database, services, getSchema, clock, logger, pushed: async () => {},
						beforeStep: () => {
							if (steps === kill_at) process.kill(process.pid, 'SIGKILL');
							if (steps++ === fail_at) throw new Error('failed on purpose');
						},
					}));
					const { accountability } = request;
					try {
						const result = await engine.push({
							wish: () => ({ wanted: bundle, options: { consent: { allow_destructive: true, allow_data_loss: true, max_deletions: 100000, allow_renames: true }, ...options } }),
							moved,
							choice: { syncPolicyRoles: true, preserveIds: [], own: false },
							role: accountability.role, fingerprint: null, dryRun: false, reverts: null, after: null,
							actor: { user: accountability.user, accountability },
						});
						response.json({ data: { steps, plan: result.plan } });
					} catch (error) {
						response.status(500).json({ errors: [{ message: error.message, extensions: { code: error.code ?? 'THROWN', steps, ...(error.details ?? {}) } }] });
					}
				});
			},
		};`,
	);
	await buildExtension(folder, 'endpoint');
	return folder;
}
