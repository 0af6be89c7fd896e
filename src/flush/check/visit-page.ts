import { createHash } from 'node:crypto';
import type { HttpClient } from '../../kernel/http.js';
import { messageOf } from '../../kernel/core/message-of.js';
import type { Clock } from '../../kernel/ports.js';
import type { FlushChange } from '../adapters/adapter.js';
import type { FlushTarget } from '../flush-target.js';
import type { PageCheck } from '../tables/check-table.js';
import { inHeaders, judgePage, whenMade, type Made, type PageVerdict, type SeenPage } from './core/judge-page.js';

/** A change that a target has taken, and the delivery that told of it. */
export interface Delivered {
	delivery: { id: string; changedAt: number };
	change: Pick<FlushChange, 'paths'>;
}

interface Awaited extends Delivered {
	made: Made;
}

/** A page that is looked at. */
export interface Page {
	target: FlushTarget;
	path: string;
	url: string;
	/** Deliveries after which it has not been seen to be new. */
	awaited: Awaited[];
	/** It is only fetched once, so that no visitor waits. */
	isWarmedOnly: boolean;
}

export interface VisitPorts {
	clock: Clock;
	http: Pick<HttpClient, 'send'>;
	save(check: PageCheck): Promise<void>;
	/** Told of every check that is over. */
	checked(check: PageCheck, target: FlushTarget): void;
	sleep(ms: number): Promise<void>;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** Pages whose digest is remembered. */
const MOST_DIGESTS = 5_000;
/** Pages per second that are warmed where the target has no `rate`. */
const WARM_RATE = 10;

/** Fetches a page as a visitor would, again and again until it is new for every delivery that waits for it. */
export function createPageVisitor({ clock, http, save, checked, sleep }: VisitPorts) {
	const digests = new Map<string, string>();
	const nextWarm = new Map<string, number>();

	async function visit(page: Page): Promise<void> {
		const { target, url } = page;
		if (page.isWarmedOnly) {
			await sleep(waitToWarm(target));
			await fetchPage(page);
			return;
		}
		const key = `${target.id} ${url}`;
		const before = digests.get(key) ?? null;
		const staleAfter = target.options?.check?.stale_after_ms ?? 60_000;
		for (let wait = FIRST_WAIT_MS; page.awaited.length > 0; wait = Math.min(wait * 1.6, LONGEST_WAIT_MS)) {
			const seen = await fetchPage(page).catch((error: unknown) => messageOf(error));
			const now = clock.now();
			const left: Awaited[] = [];
			for (const one of page.awaited.splice(0)) {
				const { delivery } = one;
				if (typeof seen !== 'string') one.made = whenMade(one.made, seen);
				const verdict: PageVerdict =
					typeof seen === 'string' ? 'unsure' : judgePage(seen, one.made, delivery.changedAt, before);
				const isOver = now - delivery.changedAt >= staleAfter;
				if (verdict !== 'fresh' && !isOver) left.push(one);
				else {
					const state = verdict === 'unsure' ? ('unknown' as const) : verdict;
					const tookMs = verdict === 'fresh' ? now - delivery.changedAt : null;
					await over(page, { delivery: delivery.id, state, at: now, tookMs, detail: detailOf(seen) });
				}
			}
			page.awaited.push(...left);
			if (typeof seen !== 'string' && left.length === 0) remember(key, seen.digest);
			if (page.awaited.length > 0) await sleep(wait);
		}
	}

	const detailOf = (seen: SeenPage | string) => (typeof seen === 'string' ? seen.slice(0, 500) : inHeaders(seen));

	async function over(
		page: Page,
		of: Pick<PageCheck, 'delivery' | 'state' | 'at' | 'tookMs' | 'detail'>,
	): Promise<void> {
		const check = { id: clock.id(), target: page.target.id, path: page.path.slice(0, 2_000), ...of };
		checked(check, page.target);
		await save(check);
	}

	async function fetchPage({ target, url }: Page): Promise<SeenPage> {
		const askedAt = clock.now();
		const request = { method: 'GET', url, headers: { accept: 'text/html,*/*;q=0.8' }, body: null };
		const { status, headers, body } = await http.send(request, target.options?.timeout_ms ?? 10_000);
		const digest = createHash('sha256').update(body).digest('base64url');
		return { status, headers, digest, askedAt, answeredAt: clock.now() };
	}

	/** ms until the next page of a target may be warmed. */
	function waitToWarm({ id, options }: FlushTarget): number {
		const now = clock.now();
		const at = Math.max(now, nextWarm.get(id) ?? 0);
		nextWarm.set(id, at + 1_000 / (options?.rate ?? WARM_RATE));
		return at - now;
	}

	function remember(key: string, digest: string): void {
		if (digests.size >= MOST_DIGESTS) digests.clear();
		digests.set(key, digest);
	}

	return visit;
}
