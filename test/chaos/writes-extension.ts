import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One statement of another extension, as Knex builds it or as it is. */
export type RawStep =
	| { sql: string; bindings?: unknown[] }
	| { savepoint: RawStep[]; undo: boolean }
	| {
			table: string;
			insert?: unknown;
			update?: Record<string, unknown>;
			increment?: string;
			del?: true;
			where?: Record<string, unknown>;
			whereIn?: [string, unknown[]];
			above?: [string, number];
			returning?: string;
			merge?: string;
			ignore?: string;
	  };

/** Calls of a Directus service by another extension. */
export interface ServiceCalls {
	collection: string;
	calls: [method: string, ...parameters: unknown[]][];
	accountable: boolean;
	emitEvents: boolean;
	skipTracking: boolean;
	together: boolean;
	rollback: boolean;
}

/** Writes an endpoint `/writes` of another extension, which writes in the ways that Directus' own routes do not. */
export function writeWritesExtension(folder: string): void {
	mkdirSync(folder, { recursive: true });
	const extension = { type: 'endpoint', path: 'index.js', source: 'index.js', host: '>=11.0.0' };
	writeFileSync(
		join(folder, 'package.json'),
		JSON.stringify({ name: 'writes', version: '1.0.0', type: 'module', 'directus:extension': extension }),
	);
	writeFileSync(
		join(folder, 'index.js'),
		`
const one = async (knex, step) => {
	if (step.sql) return knex.raw(step.sql, step.bindings ?? []);
	if (step.savepoint) {
		return knex.transaction(async (inner) => {
			for (const next of step.savepoint) await one(inner, next);
			if (step.undo) throw new Error('undo');
		}).catch((error) => { if (error.message !== 'undo') throw error; });
	}
	let query = knex(step.table);
	if (step.where) query = query.where(step.where);
	if (step.whereIn) query = query.whereIn(...step.whereIn);
	if (step.above) query = query.where(step.above[0], '>', step.above[1]);
	if (step.insert) query = step.returning ? query.insert(step.insert, [step.returning]) : query.insert(step.insert);
	if (step.merge) query = query.onConflict(step.merge).merge();
	if (step.ignore) query = query.onConflict(step.ignore).ignore();
	if (step.update) query = query.update(step.update);
	if (step.increment) query = query.increment(step.increment, 1);
	if (step.del) query = query.del();
	return query;
};
export default { id: 'writes', handler: (router, { services, getSchema, database }) => {
	const answer = (work) => async (request, response) => {
		try { response.json({ data: (await work(request)) ?? null }); }
		catch (error) { response.status(400).json({ error: String(error.message) }); }
	};
	router.post('/raw', answer(async ({ body: { steps, transaction, rollback } }) => {
		if (!transaction) { for (const step of steps) await one(database, step); return; }
		await database.transaction(async (trx) => {
			for (const step of steps) await one(trx, step);
			if (rollback) throw new Error('rolled back');
		});
	}));
	router.post('/service', answer(async (request) => {
		const { collection, calls, accountable, emitEvents, skipTracking, together, rollback } = request.body;
		const schema = await getSchema();
		const run = async (knex) => {
			const accountability = accountable ? request.accountability : null;
			const service = new services.ItemsService(collection, { schema, knex, accountability });
			for (const [method, ...parameters] of calls) await service[method](...parameters, { emitEvents, skipTracking });
		};
		if (!together) return run(database);
		await database.transaction(async (trx) => {
			await run(trx);
			if (rollback) throw new Error('rolled back');
		});
	}));
} };
`,
	);
}
