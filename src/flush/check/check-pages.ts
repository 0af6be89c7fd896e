import { messageOf } from '../../kernel/core/message-of.js';
import type { Logger } from '../../kernel/ports.js';
import type { FlushTarget } from '../flush-target.js';
import { UNKNOWN_MADE } from './core/judge-page.js';
import { addressOf, pathsOf } from './core/paths-of.js';
import { createPageVisitor, type Delivered, type Page, type VisitPorts } from './visit-page.js';

export interface CheckPorts extends Omit<VisitPorts, 'sleep'> {
	logger: Pick<Logger, 'warn'>;
	sleep?: VisitPorts['sleep'];
}

/** Pages that are looked at, or wait for it, in this process: what is more is not looked at. */
const MOST_PAGES = 500;
/** Of them at once. */
const AT_ONCE = 8;

const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());

/**
 * Looks at affected pages as a visitor would, from the delivery until they are new, beside the sender: it hands over what
 * was delivered and goes on. What a process has not seen to its end when it stops is not looked at again.
 */
export function createPageChecks({ clock, logger, http, save, checked, sleep = pause }: CheckPorts) {
	const pages = new Map<string, Page>();
	const waiting: Page[] = [];
	const look = createPageVisitor({ clock, http, save, checked, sleep });
	let running = 0;

	function delivered(target: FlushTarget, told: readonly Delivered[]): void {
		const check = target.options?.check;
		if (!check) return;
		let left = check.sample;
		for (const one of told)
			for (const path of pathsOf(one.change)) {
				const isSampled = left > 0;
				if (!isSampled && !check.warm) return;
				left -= 1;
				add(target, path, isSampled ? one : null);
			}
	}

	function add(target: FlushTarget, path: string, told: Delivered | null): void {
		const url = addressOf(path, target.options?.check?.base_url ?? target.url);
		if (url === null) return;
		const key = `${target.id} ${url}`;
		const awaited = told ? [{ ...told, made: UNKNOWN_MADE }] : [];
		const known = pages.get(key);
		if (known) return void known.awaited.push(...awaited);
		if (pages.size >= MOST_PAGES) return;
		const page = { target, path, url, awaited, isWarmedOnly: told === null };
		pages.set(key, page);
		waiting.push(page);
		begin();
	}

	function begin(): void {
		while (running < AT_ONCE && waiting.length > 0) {
			const page = waiting.shift();
			if (!page) return;
			running += 1;
			void look(page)
				.catch((error: unknown) => logger.warn(`[downstream] ${page.url} could not be checked: ${messageOf(error)}`))
				.finally(() => {
					running -= 1;
					pages.delete(`${page.target.id} ${page.url}`);
					begin();
				});
		}
	}

	return { delivered };
}
