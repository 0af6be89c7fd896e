import type { Studio, Tab } from './browser.js';

/** What a page cost the browser's main thread to open, in ms of CPU. */
export interface OpeningCost {
	/** In a new tab: the studio's own start and the page. */
	cold: number;
	/** From another page of the studio, for the first time in that tab. */
	within: number;
}

/** From where pages are opened within the studio: a page of its own that shows little. */
const ELSEWHERE = '/users';

/** Opens each page in a new tab, and then all of them in one tab by way of another page; gives what that cost, in order. */
export async function openingCosts(studio: Studio, paths: string[]): Promise<OpeningCost[]> {
	const cold: number[] = [];
	for (const path of paths) {
		const tab = await studio.tab();
		const spent = await mainThread(tab);
		await tab.open(path);
		cold.push(await spent());
		await tab.close();
	}
	const costs: OpeningCost[] = [];
	const tab = await studio.tab();
	await tab.open(ELSEWHERE);
	for (const [index, path] of paths.entries()) {
		const spent = await mainThread(tab);
		await tab.go(path);
		costs.push({ cold: cold[index] ?? 0, within: await spent() });
		await tab.go(ELSEWHERE);
	}
	await tab.close();
	return costs;
}

/** Gives a function that tells the main thread's CPU time since now, in ms. */
async function mainThread({ page }: Tab): Promise<() => Promise<number>> {
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable', { timeDomain: 'threadTicks' });
	const total = async () => {
		const { metrics } = await session.send('Performance.getMetrics');
		const found = metrics.find(({ name }) => name === 'TaskDuration');
		if (!found) throw new Error('This browser does not tell how long its tasks took.');
		return found.value * 1_000;
	};
	const before = await total();
	return async () => (await total()) - before;
}

export function median(values: number[]): number {
	const sorted = values.toSorted((one, other) => one - other);
	const middle = Math.floor(sorted.length / 2);
	const [low = 0, high = low] = sorted.length % 2 === 1 ? [sorted[middle]] : [sorted[middle - 1], sorted[middle]];
	return (low + high) / 2;
}
