import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Status } from '../endpoint/answers.js';
import type { Failure } from '../endpoint/failure.js';

/** The latest `/status`, shared by the navigation and all pages, so that none of them starts empty. */
export const useStatusStore = defineStore('downstream:status', () => {
	const status = shallowRef<Status | null>(null);
	const failure = shallowRef<Failure | null>(null);
	const byId = computed(() => new Map((status.value?.targets ?? []).map((target) => [target.id, target])));
	const troubled = computed(() => (status.value?.targets ?? []).filter(({ state }) => state !== 'healthy'));
	return { status, failure, byId, troubled };
});
