import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pause } from '../test/kit/wait.js';

/** Linux counts CPU time in hundredths of a second for every process, whatever the kernel's own tick. */
const TICK_MS = 10;

/** CPU time that a process has used since it began, user and system, all threads, in ms. Linux only. */
export function cpuOf(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	// The second field is the command in parentheses, and may hold anything.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** CPU time that a process has used since it began, all threads that still live, in ms, to the nanosecond. Linux only. */
export function preciseCpuOf(pid: number): number {
	const threads = readdirSync(`/proc/${pid}/task`);
	const spent = (thread: string) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
	return threads.reduce((sum, thread) => sum + spent(thread), 0) / 1e6;
}

/** Memory that a process holds at this moment, in MiB. Linux only. */
export function residentMemoryOf(pid: number): number {
	const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	return Number(kib) / 1024;
}

/** Begins to look anew for the most memory that a process holds. Linux only. */
export function forgetPeakMemory(pid: number): void {
	// 5 resets the high-water mark (man 5 proc).
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The most memory that a process has held since `forgetPeakMemory`, in MiB. Linux only. */
export function peakMemoryOf(pid: number): number {
	const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	return Number(kib) / 1024;
}

/** Waits until a process does next to nothing, at most so long: what it still had to do after its last answer is done. */
export async function untilIdle(pid: number, limitMs = 4_000): Promise<void> {
	const end = Date.now() + limitMs;
	let quiet = 0;
	while (quiet < 2 && Date.now() < end) {
		const before = cpuOf(pid);
		await pause(100);
		quiet = cpuOf(pid) - before <= TICK_MS ? quiet + 1 : 0;
	}
}
