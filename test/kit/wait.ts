/** What `until` may be told beside the condition. */
export interface UntilOptions {
	/** How long to try, in ms (default 15 000). */
	timeout?: number;
	/** The pause between two tries, in ms (default 50). */
	interval?: number;
	/** What was waited for, for the error; a function is asked at the end, so that it can tell the last state seen. */
	message?: string | (() => string);
}

/**
 * Tries a condition until it gives something truthy, and gives that.
 *
 * @throws Error when the time is over, with the message and the last error of the condition, if it threw any
 */
export async function until<T>(
	condition: () => T | Promise<T>,
	{ timeout = 15_000, interval = 50, message = 'a condition' }: UntilOptions = {},
): Promise<Exclude<T, null | undefined | false | 0 | ''>> {
	const end = Date.now() + timeout;
	let lastError: unknown;
	for (;;) {
		try {
			const answer = await condition();
			if (answer) return answer as Exclude<T, null | undefined | false | 0 | ''>;
			lastError = undefined;
		} catch (error) {
			lastError = error;
		}
		if (Date.now() >= end) break;
		await pause(interval);
	}
	const what = typeof message === 'function' ? message() : message;
	throw new Error(`Waited ${timeout} ms in vain for ${what}`, lastError === undefined ? {} : { cause: lastError });
}

/**
 * A pause of so many ms: for measuring and for scripted delays, never for hoping that something has happened. It never
 * ends if the signal says so before, and then keeps no process alive.
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal?.addEventListener('abort', () => clearTimeout(timer));
	});
}
