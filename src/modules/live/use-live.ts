import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from 'vue';
import { readFailure, wasGivenUp, type Failure } from '../endpoint/failure.js';

/** What a page shows of something that changes by itself. */
export interface Live<Data> {
	/** The latest answer; null until the first one. */
	data: Readonly<Ref<Data | null>>;
	/** Why the latest request failed; `data` is then as old as it says. */
	failure: Readonly<Ref<Failure | null>>;
	/** True while a request that somebody asked for is under way; polling does not flicker. */
	loading: Readonly<Ref<boolean>>;
	/** Asks at once, and gives up the request that is under way. */
	refresh(): Promise<void>;
}

const SLOWEST_MS = 60_000;

/**
 * Keeps an answer fresh while the page is looked at: asked at once, then every `every` ms, more slowly while it fails, and
 * not at all while the tab is hidden. Answers that are overtaken by a newer question are dropped.
 * @param every ms between two questions, or null to stop asking; asked anew after each answer
 */
export function useLive<Data>(
	load: (signal: AbortSignal) => Promise<Data>,
	every: number | ((data: Data | null) => number | null) = 5_000,
): Live<Data> {
	const data = shallowRef<Data | null>(null);
	const failure = shallowRef<Failure | null>(null);
	const loading = ref(true);
	let asking: AbortController | null = null;
	let timer: ReturnType<typeof setTimeout> | null = null;
	let failed = 0;
	let mounted = false;

	async function ask(): Promise<void> {
		if (timer) clearTimeout(timer);
		timer = null;
		asking?.abort();
		const own = new AbortController();
		asking = own;
		try {
			const answer = await load(own.signal);
			if (asking !== own) return;
			[data.value, failure.value, failed] = [answer, null, 0];
		} catch (error) {
			if (asking !== own || wasGivenUp(error)) return;
			[failure.value, failed] = [readFailure(error), failed + 1];
		}
		asking = null;
		loading.value = false;
		again();
	}

	function again(): void {
		const pause = typeof every === 'number' ? every : every(data.value);
		// Nobody becomes an administrator by asking again.
		if (pause === null || !mounted || document.hidden || failure.value?.status === 403) return;
		timer = setTimeout(() => void ask(), Math.min(pause * 2 ** Math.min(failed, 6), Math.max(pause, SLOWEST_MS)));
	}

	function refresh(): Promise<void> {
		loading.value = true;
		return ask();
	}

	function shown(): void {
		if (!document.hidden && asking === null) void ask();
		else if (document.hidden && timer) clearTimeout(timer);
	}

	onMounted(() => {
		mounted = true;
		document.addEventListener('visibilitychange', shown);
		if (!document.hidden) void ask();
	});
	onBeforeUnmount(() => {
		mounted = false;
		document.removeEventListener('visibilitychange', shown);
		if (timer) clearTimeout(timer);
		asking?.abort();
		asking = null;
	});
	return { data, failure, loading, refresh };
}
