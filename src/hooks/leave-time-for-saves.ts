import { currentRuntime } from '../app/start.js';
import type { Events } from './events.js';

/** Methods that save nothing. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS', 'SEARCH']);

interface Response {
	once(event: 'close', done: () => void): unknown;
}

type Middleware = (request: { method: string }, response: Response, next: () => void) => void;

/** Tells background work of requests that may save, so that it waits for them, and no longer than they take. */
export function leaveTimeForSaves({ init }: Events): void {
	const watch: Middleware = ({ method }, response, next) => {
		const runtime = READING.has(method) ? null : currentRuntime();
		const answered = runtime?.budget.requested();
		if (answered) response.once('close', () => void (answered() && runtime?.engine.wake('plan')));
		next();
	};
	init('middlewares.before', ({ app }: Record<string, unknown>) => {
		(app as { use(middleware: Middleware): void }).use(watch);
	});
}
