import { useApi } from '@directus/extensions-sdk';
import { ref, watch, type Ref } from 'vue';

/** The name of a user for people to read: the full name, else the address, else the id; empty where there is none. */
export function useUserName(id: () => string | null): Readonly<Ref<string>> {
	const api = useApi();
	const name = ref('');
	watch(
		id,
		async (user) => {
			name.value = user ?? '';
			if (user === null) return;
			try {
				const params = { fields: 'first_name,last_name,email' };
				const answer = await api.get(`/users/${encodeURIComponent(user)}`, { params });
				const {
					first_name: first,
					last_name: last,
					email,
				} = (answer.data as { data: Partial<Record<string, string>> }).data;
				if (id() === user) name.value = [first, last].filter(Boolean).join(' ') || email || user;
			} catch {
				// Somebody who is deleted keeps the id.
			}
		},
		{ immediate: true },
	);
	return name;
}
