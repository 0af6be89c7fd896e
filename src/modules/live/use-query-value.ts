import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/**
 * One parameter of the page's address, as text: what somebody chose can be linked to, and Back leads to what was chosen
 * before. The fallback is not written down. Setting one value starts at the first page again.
 */
export function useQueryValue<Value extends string>(name: string, fallback: Value): WritableComputedRef<Value> {
	const route = useRoute();
	const router = useRouter();
	return computed({
		get: () => (typeof route.query[name] === 'string' ? route.query[name] : fallback) as Value,
		set: (value) => {
			const { [name]: _, page: __, ...others } = route.query;
			const kept = name === 'page' ? route.query : others;
			const { [name]: ___, ...rest } = kept;
			void router.push({ query: value === fallback ? rest : { ...rest, [name]: value } });
		},
	});
}
