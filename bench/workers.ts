import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How long the slower of the sink's ports takes to answer, in ms: a site in the same data centre. */
export const SLOW_MS = 10;

/** A request as the sink saw it; `at` is when its headers were there, in ms since 1970. */
export interface SinkRequest {
	at: number;
	path: string;
	body: string;
}

export interface SinkQuestion {
	id: number;
	/** `clear` also forgets everything, whatever the prefix. */
	ask: 'count' | 'read' | 'clear';
	prefix: string;
}

export interface SinkAnswer {
	id: number;
	count: number;
	requests: SinkRequest[];
	url?: string;
	slowUrl?: string;
	hangingUrl?: string;
}

export interface PlannedRequest {
	method: 'POST' | 'PATCH' | 'DELETE';
	path: string;
	body: unknown;
}

export interface LoadJob {
	id: number;
	/** `http://host:port`. */
	base: string;
	token: string | null;
	requests: PlannedRequest[];
	concurrency: number;
	/** Begins one request every so many ms, whether or not the others are answered; null: as fast as they are. */
	everyMs: number | null;
}

/** By the number of the request: times in ms since 1970, latencies in ms, and the keys that the answer named. */
export interface LoadResult {
	id: number;
	sentAt: number[];
	answeredAt: number[];
	latencies: number[];
	keys: (string | number)[][];
	errors: string[];
	/** CPU of the process, from the first request to the last answer. */
	cpuMs: number;
}

/** The receiving process. */
export interface Sink {
	url: string;
	slowUrl: string;
	hangingUrl: string;
	count(prefix: string): Promise<number>;
	read(prefix: string): Promise<SinkRequest[]>;
	clear(): Promise<void>;
	stop(): void;
}

/** The process that makes requests. */
export interface Load {
	/** @throws Error where a request was not answered with 2xx */
	run(job: Omit<LoadJob, 'id' | 'everyMs'> & { everyMs?: number }): Promise<LoadResult>;
	stop(): void;
}

export async function startSink(): Promise<Sink> {
	const child = start('./sink.ts');
	const ask = conversation<SinkAnswer>(child);
	const { url = '', slowUrl = '', hangingUrl = '' } = await ask.first();
	return {
		url,
		slowUrl,
		hangingUrl,
		count: async (prefix) => (await ask.put({ ask: 'count', prefix })).count,
		read: async (prefix) => (await ask.put({ ask: 'read', prefix })).requests,
		clear: async () => void (await ask.put({ ask: 'clear', prefix: '' })),
		stop: () => child.disconnect(),
	};
}

export function startLoad(): Load {
	const child = start('./load.ts');
	const ask = conversation<LoadResult>(child);
	return {
		async run({ everyMs = null as number | null, ...job }) {
			const result = await ask.put({ ...job, everyMs });
			if (result.errors.length > 0)
				throw new Error(`${result.errors.length} of ${job.requests.length} requests failed: ${result.errors[0]}`);
			return result;
		},
		stop: () => child.disconnect(),
	};
}

const start = (file: string) =>
	fork(fileURLToPath(new URL(file, import.meta.url)), {
		execArgv: ['--import', fileURLToPath(new URL('../scripts/typescript.mjs', import.meta.url))],
		serialization: 'advanced',
	});

/** Questions with numbers, answers by number; number 0 is what the process says by itself at its start. */
function conversation<A extends { id: number }>(child: ChildProcess) {
	const waiting = new Map<number, (answer: A) => void>();
	const failing = new Set<(error: Error) => void>();
	let last = 0;
	child.on('message', (answer: A) => {
		waiting.get(answer.id)?.(answer);
		waiting.delete(answer.id);
	});
	child.once('exit', (code) => {
		for (const fail of failing) fail(new Error(`a worker of the bench ended with ${code}`));
	});
	const answerTo = (id: number) =>
		new Promise<A>((resolve, reject) => {
			failing.add(reject);
			waiting.set(id, (answer) => {
				failing.delete(reject);
				resolve(answer);
			});
		});
	return {
		first: () => answerTo(0),
		put(question: object): Promise<A> {
			const id = ++last;
			child.send({ ...question, id });
			return answerTo(id);
		},
	};
}
