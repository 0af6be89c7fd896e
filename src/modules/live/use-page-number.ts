import { computed, type WritableComputedRef } from 'vue';
import { useQueryValue } from './use-query-value.js';

/** Which page of a list is shown, from 1 on, from the address; anything but a positive number there means the first. */
export function usePageNumber(): WritableComputedRef<number> {
	const page = useQueryValue<string>('page', '1');
	return computed({
		get: () => Math.max(1, Number(page.value) || 1),
		set: (value) => (page.value = String(value)),
	});
}
