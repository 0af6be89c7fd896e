import { useApi } from '@directus/extensions-sdk';
import { ref, watch } from 'vue';

interface User {
	id: string;
	first_name: string | null;
	last_name: string | null;
	email: string | null;
}

/** What users are called, by id; all that are new are asked for at once. Who is deleted keeps the id. */
export function useUserNames(ids: () => (string | null)[]): (id: string) => string {
	const api = useApi();
	const names = ref<Record<string, string>>({});
	watch(
		ids,
		async (wanted) => {
			const unknown = [...new Set(wanted)].filter((id) => id !== null && names.value[id] === undefined);
			if (unknown.length === 0) return;
			try {
				const filter = JSON.stringify({ id: { _in: unknown } });
				const answer = await api.get('/users', {
					params: { fields: 'id,first_name,last_name,email', filter, limit: -1 },
				});
				const users = (answer.data as { data: User[] }).data.map(
					({ id, first_name: first, last_name: last, email }) => [
						id,
						[first, last].filter(Boolean).join(' ') || email || id,
					],
				);
				names.value = { ...names.value, ...(Object.fromEntries(users) as Record<string, string>) };
			} catch {
				// The ids are shown.
			}
		},
		{ immediate: true },
	);
	return (id) => names.value[id] ?? id;
}
