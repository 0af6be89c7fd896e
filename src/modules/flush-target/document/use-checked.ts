import { onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue';
import type { TargetKind } from '../../../contract/vocabulary.js';
import type { Issue } from '../../endpoint/answers.js';
import { readFailure, wasGivenUp, type Failure } from '../../endpoint/failure.js';
import { useEndpoint } from '../../endpoint/use-endpoint.js';
import { parsedRules, type Draft } from './draft.js';

const PAUSE_MS = 300;

/**
 * What the server says of rules and options while they are being edited: asked a moment after the last change; answers
 * to what has changed meanwhile are dropped. Paths are JSON pointers into the item. Rules that are no JSON are not asked
 * about: where they break is known here.
 */
export function useChecked(draft: Ref<Draft>, kind: TargetKind) {
	const endpoint = useEndpoint();
	const issues = shallowRef<Issue[]>([]);
	const failure = shallowRef<Failure | null>(null);
	const checking = ref(false);
	let timer: ReturnType<typeof setTimeout> | null = null;
	let asking: AbortController | null = null;

	async function ask(): Promise<void> {
		const own = new AbortController();
		asking = own;
		const { options, adapter } = draft.value;
		const schema = parsedRules(draft.value);
		try {
			const answer = await endpoint.validate(
				{ kind, schema: schema ?? [], options, ...(kind === 'flush' ? { adapter } : {}) },
				own.signal,
			);
			if (asking !== own) return;
			issues.value = answer.issues.map((issue) => ({ ...issue, path: inItem(issue.path) }));
			failure.value = null;
		} catch (thrown) {
			if (asking !== own || wasGivenUp(thrown)) return;
			failure.value = readFailure(thrown);
		}
		asking = null;
		checking.value = false;
	}

	function soon(pause: number): void {
		if (timer) clearTimeout(timer);
		asking?.abort();
		asking = null;
		checking.value = true;
		timer = setTimeout(() => void ask(), pause);
	}
	watch(
		() => [draft.value.rules, draft.value.adapter, JSON.stringify(draft.value.options)],
		() => soon(PAUSE_MS),
	);
	onBeforeUnmount(() => {
		if (timer) clearTimeout(timer);
		asking?.abort();
		asking = null;
	});
	return { issues, failure, checking, checkNow: () => soon(0) };
}

/** The endpoint counts rules from the root, and options from `/options`. */
const inItem = (path: string) => (/^\/(options|adapter)(\/|$)/.test(path) ? path : `/schema${path}`);
