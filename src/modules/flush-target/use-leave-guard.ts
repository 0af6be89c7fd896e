import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate, useRouter } from 'vue-router';

/** Asks before the user leaves the page with unsaved edits; when the tab is closed, the browser asks. */
export function useLeaveGuard(dirty: Readonly<Ref<boolean>>) {
	const router = useRouter();
	const wanted = ref<string | null>(null);
	let free = false;

	const guard = (to: { fullPath: string }) => {
		if (free || !dirty.value) return true;
		wanted.value = to.fullPath;
		return false;
	};
	onBeforeRouteLeave(guard);
	onBeforeRouteUpdate((to, from) => to.params['id'] === from.params['id'] || guard(to));

	function unload(event: BeforeUnloadEvent): void {
		if (dirty.value) event.preventDefault();
	}
	onMounted(() => window.addEventListener('beforeunload', unload));
	onBeforeUnmount(() => window.removeEventListener('beforeunload', unload));

	return {
		/** Where somebody wants to go, until they said what becomes of the edits. */
		wanted,
		stay: () => (wanted.value = null),
		leave: async () => {
			const to = wanted.value;
			wanted.value = null;
			free = true;
			if (to !== null) await router.push(to);
			free = false;
		},
	};
}
