import { onBeforeUnmount, onMounted, readonly, ref, type Ref } from 'vue';

const now = ref(Date.now());
let users = 0;
let timer: ReturnType<typeof setInterval> | null = null;

/** The time, ms since 1970, for showing how long ago things were: renewed every ten seconds, shared by all who show it. */
export function useNow(): Readonly<Ref<number>> {
	onMounted(() => {
		users += 1;
		now.value = Date.now();
		timer ??= setInterval(() => {
			if (!document.hidden) now.value = Date.now();
		}, 10_000);
	});
	onBeforeUnmount(() => {
		users -= 1;
		if (users === 0 && timer) {
			clearInterval(timer);
			timer = null;
		}
	});
	return readonly(now);
}
