/**
 * Loaded into a Directus before it starts: how long its event loop stood still at the longest, and how much memory it
 * took, written to the file that LOOP_PROBE names. Time that the machine gave to others does not count.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const file = process.env.LOOP_PROBE;
const EVERY_MS = 5;
const fresh = () => ({ block_ms: 0, blocks: [], rss_mb: 0, heap_mb: 0 });
let found = fresh();
let collecting = 0;
let [wall, cpu] = [performance.now(), process.cpuUsage()];

if (file) {
	new PerformanceObserver((list) => {
		for (const { duration } of list.getEntries()) collecting += duration;
	}).observe({ entryTypes: ['gc'] });
	setInterval(() => {
		const used = process.cpuUsage(cpu);
		const block = Math.min(performance.now() - wall - EVERY_MS, (used.user + used.system) / 1_000);
		if (block > 100) {
			// What was collected is told a moment later.
			const [entry, before] = [{ at: Date.now(), ms: Math.round(block), gc: 0 }, collecting];
			found.blocks.push(entry);
			setTimeout(() => (entry.gc = Math.round(collecting - before)), 50).unref();
		}
		found.block_ms = Math.max(found.block_ms, Math.round(block));
		[wall, cpu] = [performance.now(), process.cpuUsage()];
	}, EVERY_MS).unref();
	setInterval(() => {
		const { rss, heapUsed } = process.memoryUsage();
		found.rss_mb = Math.max(found.rss_mb, Math.round(rss / 2 ** 20));
		found.heap_mb = Math.max(found.heap_mb, Math.round(heapUsed / 2 ** 20));
		if (existsSync(`${file}.reset`)) {
			found = fresh();
			rmSync(`${file}.reset`);
		}
		writeFileSync(file, JSON.stringify(found));
	}, 200).unref();
}
