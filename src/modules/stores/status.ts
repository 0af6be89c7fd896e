import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { ConditionCode } from '../../contract/answers/conditions.js';
import type { TargetKind } from '../../contract/vocabulary.js';
import type { Status } from '../endpoint/answers.js';
import type { Failure } from '../endpoint/failure.js';

const NEEDS: ConditionCode[] = ['invalid', 'failing', 'failed', 'incomplete'];

/** The latest `/status`, shared by the navigation and all pages, so that none of them starts empty. */
export const useStatusStore = defineStore('downstream:status', () => {
	const status = shallowRef<Status | null>(null);
	const failure = shallowRef<Failure | null>(null);
	const byId = computed(() => new Map((status.value?.targets ?? []).map((target) => [target.id, target])));
	const targets = computed(() => status.value?.targets ?? []);
	/** Flush targets or remotes of which something needs somebody. */
	const needy = (kind: TargetKind) =>
		targets.value.filter((target) => target.kind === kind && target.conditions.some(({ code }) => NEEDS.includes(code)))
			.length;
	/** Open conflicts, on this instance and on the remotes. */
	const conflicts = computed(
		() => (status.value?.conflicts ?? 0) + targets.value.reduce((sum, target) => sum + target.conflicts_there, 0),
	);
	return { status, failure, byId, needy, conflicts };
});
