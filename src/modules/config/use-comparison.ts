import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { readFailure, type Failure } from '../endpoint/failure.js';
import { choose, chosenAtFirst, leave, onlyOf, waysOf, type Chosen } from './choose-entries.js';
import type { ConfigEndpoint, Consent, PlanAnswer, Planning, PushAnswer, PushProgress } from './config-endpoint.js';

/** Where a bundle is from: a file's name, or another instance's address. */
export interface Source {
	kind: 'file' | 'remote';
	name: string;
}

interface Compared extends PlanAnswer {
	source: Source;
	bundle: unknown;
}

/** Changes that were selected or deselected because another one, which they depend on, was. */
export interface AlongNote {
	way: 'added' | 'left';
	steps: string[];
}

/** A push that goes on, or how it ended; `taken`: what it takes back, where it is a revert. */
export interface Running {
	count: number;
	taken: string | null;
	now?: PushProgress;
}
export type Outcome = { taken: string | null } & ({ done: PushAnswer } | { failure: Failure });

/**
 * The comparison of this tab, with what is chosen of it, and the push that goes on. Kept when the page is left for
 * another, so that people can go on where they were. Nothing of it is stored.
 */
export const useComparison = defineStore('downstream:config', () => {
	const compared = shallowRef<Compared | null>(null);
	const chosen = shallowRef<Chosen>(new Set());
	const isTouched = shallowRef(false);
	const note = shallowRef<AlongNote | null>(null);
	const choices = shallowRef<Record<string, string>>({});
	const running = shallowRef<Running | null>(null);
	const outcome = shallowRef<Outcome | null>(null);

	const changes = computed(() => compared.value?.plan.changes ?? []);
	const ways = computed(() => waysOf(changes.value));
	const atFirst = computed(() => chosenAtFirst(changes.value, ways.value));

	function show(next: Compared): void {
		const before = compared.value;
		const wasTouched = isTouched.value && before?.bundle === next.bundle;
		const kept = chosen.value;
		compared.value = next;
		note.value = null;
		outcome.value = null;
		const offered = new Set(waysOf(next.plan.changes).needs.keys());
		chosen.value = wasTouched ? new Set([...kept].filter((step) => offered.has(step))) : atFirst.value;
		isTouched.value = wasTouched;
	}

	async function compare(endpoint: ConfigEndpoint, source: Source, bundle: unknown): Promise<void> {
		if (compared.value?.bundle !== bundle) choices.value = {};
		const answer = await endpoint.diff(bundle, planning());
		show({ ...answer, source, bundle });
	}

	const planning = (): Planning => (Object.keys(choices.value).length > 0 ? { choices: choices.value } : {});

	/** The options of a push of the selected changes. */
	function pushing(): Planning {
		const only = onlyOf(changes.value, chosen.value);
		return { ...planning(), ...(only ? { only } : {}) };
	}

	function change(how: typeof choose, way: AlongNote['way'], steps: readonly string[]): void {
		const { chosen: next, also } = how(chosen.value, steps, ways.value);
		chosen.value = next;
		isTouched.value = true;
		note.value = also.length > 0 ? { way, steps: also } : null;
	}

	/** Runs to its end even if the user leaves the page. */
	async function run(what: Running, work: (tell: (now: PushProgress) => void) => Promise<PushAnswer>): Promise<void> {
		running.value = what;
		outcome.value = null;
		try {
			outcome.value = { taken: what.taken, done: await work((now) => (running.value = { ...what, now })) };
			isTouched.value = false;
		} catch (thrown) {
			outcome.value = { taken: what.taken, failure: readFailure(thrown) };
		}
		running.value = null;
	}

	/** Where this tab was loaded again while a push went on. */
	function resume(endpoint: ConfigEndpoint): void {
		const work = running.value ? null : endpoint.resume();
		if (work) void run({ count: 0, taken: null }, work);
	}

	function close(): void {
		compared.value = null;
		chosen.value = new Set();
		isTouched.value = false;
		note.value = null;
		outcome.value = null;
		choices.value = {};
	}

	/** A push is not even asked for: it would be refused. */
	function moved(): void {
		outcome.value = { taken: null, failure: { status: 409, code: 'STATE_MOVED', message: '', issues: [] } };
	}

	/** Closes the result of a push: the comparison from before it is out of date. */
	function settle(): void {
		if (outcome.value && 'done' in outcome.value) close();
		else outcome.value = null;
	}

	return {
		compared,
		chosen,
		isTouched,
		note,
		choices,
		running,
		outcome,
		ways,
		compare,
		pushing,
		run,
		resume,
		close,
		choose: (steps: readonly string[]) => change(choose, 'added', steps),
		leave: (steps: readonly string[]) => change(leave, 'left', steps),
		moved,
		settle,
	};
});

/** Consent to everything in a plan: for a dry run, which is rolled back, and for a plan that a person confirmed. */
export function consentTo({ plan }: Pick<PlanAnswer, 'plan'>): Consent {
	const deletions = plan.changes.filter(({ action, kept }) => action === 'delete' && !kept);
	const renames = plan.changes.some(({ action }) => action === 'move');
	const losing = plan.changes.filter(({ risk, kept }) => !kept && risk.includes('data_loss'));
	const ofKinds = [...Map.groupBy(deletions, ({ kind }) => kind).values()].map((steps) => steps.length);
	return {
		...(renames ? { allow_renames: true } : {}),
		allow_destructive: deletions.length > 0,
		allow_data_loss: losing.length > 0 ? losing.map(({ sync_id }) => sync_id) : false,
		max_deletions: deletions.length > 0 ? Math.max(...ofKinds) : null,
	};
}
