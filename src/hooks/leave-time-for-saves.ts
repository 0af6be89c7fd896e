import { currentRuntime } from '../app/start.js';
import type { Events } from './events.js';

/** Methods that save nothing. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS', 'SEARCH']);

interface Response {
	once(event: 'close', done: () => void): unknown;
}

type Middleware = (request: { method: string }, response: Response, next: () => void) => void;

/** Makes background work wait while requests that may save are being answered. */
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
