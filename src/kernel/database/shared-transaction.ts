import type { Knex } from 'knex';

/** A kind of writing that is done at once for all who ask for it. */
export interface JointWrite<Input, Result> {
	/** Writes for all, in as few statements as for one; gives each one's result, in their order. */
	write(transaction: Knex, inputs: Input[]): Promise<Result[]>;
	/** Whether that is a single statement, which needs no transaction where nothing else is to be written. */
	isOneStatement(database: Knex, inputs: Input[]): boolean;
}

export interface SharedTransaction {
	/** Does a piece of writing in a transaction that it may share with others. */
	<T>(work: (transaction: Knex) => Promise<T>): Promise<T>;
	/** The same for writing that is done at once for all who ask for it. `kind` must be the same object each time. */
	joined<Input, Result>(kind: JointWrite<Input, Result>, input: Input): Promise<Result>;
}

interface Piece {
	kind: JointWrite<unknown, unknown>;
	input: unknown;
	resolve: (value: never) => void;
	reject: (error: unknown) => void;
}

/**
 * Pieces of writing that are asked for together, or while others are being written, share one transaction: a change that
 * ten targets are told of then costs a handful of commits, and not a handful for each of them. On SQLite, whose only
 * connection is the editors' too, a commit is what they wait for.
 *
 * If a piece fails, all are done again, each in a transaction of its own, so that none fails for another's sake; a piece
 * must therefore do nothing but write.
 *
 * @param measure runs what is written, and counts the time that it takes
 */
export function createSharedTransaction(
	database: Knex,
	measure: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
): SharedTransaction {
	const waiting: Piece[] = [];
	let running = false;

	async function run(): Promise<void> {
		running = true;
		// What is asked for in this same turn of the event loop goes along.
		await new Promise((resolve) => setImmediate(resolve));
		while (waiting.length > 0) {
			const together = waiting.splice(0);
			try {
				const results = await measure(() => writeAll(database, together));
				for (const piece of together) piece.resolve(results.get(piece) as never);
			} catch (error) {
				const [only, ...others] = together;
				if (others.length === 0) only?.reject(error);
				else
					for (const piece of together)
						await writeAll(database, [piece]).then(
							(results) => piece.resolve(results.get(piece) as never),
							piece.reject,
						);
			}
		}
		running = false;
	}

	function add<Result>(kind: JointWrite<never, unknown>, input: unknown): Promise<Result> {
		return new Promise((resolve, reject) => {
			waiting.push({ kind: kind as JointWrite<unknown, unknown>, input, resolve, reject });
			if (!running) void run();
		});
	}

	return Object.assign(
		// A kind of its own: nothing joins it.
		<T>(work: (transaction: Knex) => Promise<T>) =>
			add<T>({ write: async (transaction) => [await work(transaction)], isOneStatement: () => false }, null),
		{
			joined: <Input, Result>(kind: JointWrite<Input, Result>, input: Input) => add<Result>(kind, input),
		},
	);
}

/** Each kind of writing once, in the order in which it was first asked for: all of it, or none. */
async function writeAll(database: Knex, pieces: Piece[]): Promise<Map<Piece, unknown>> {
	const results = new Map<Piece, unknown>();
	const kinds = Map.groupBy(pieces, ({ kind }) => kind);
	const inputsOf = (alike: Piece[]) => alike.map(({ input }) => input);
	const write = async (transaction: Knex) => {
		for (const [kind, alike] of kinds) {
			const written = await kind.write(transaction, inputsOf(alike));
			alike.forEach((piece, index) => results.set(piece, written[index]));
		}
	};
	const [[kind, alike] = [null, []], ...others] = kinds;
	if (kind && others.length === 0 && kind.isOneStatement(database, inputsOf(alike))) await write(database);
	else await database.transaction(write);
	return results;
}
