import { useApi } from '@directus/extensions-sdk';
import { defineStore } from 'pinia';
import { shallowRef, watchEffect } from 'vue';
import { TARGET_COLLECTIONS } from '../../contract/vocabulary.js';
import { useStatusStore } from '../stores/status.js';
import english from '../words/en-US/shell.js';
import { useWords } from '../words/use-words.js';

/** Names of targets that the status does not tell of: drafts, and those that are archived. Null until they were asked for. */
const useOtherTargets = defineStore('downstream:other-targets', () => {
	const names = shallowRef<ReadonlyMap<string, string> | null>(null);
	const asking = shallowRef(false);
	return { names, asking };
});

/** Gives the name of any target. Those that the status does not know are asked for once, when one of them is shown. */
export function useTargetNames(): (id: string) => string {
	const say = useWords('shell', english);
	const api = useApi();
	const status = useStatusStore();
	const others = useOtherTargets();
	const unknown = shallowRef(false);

	async function ask(): Promise<void> {
		others.asking = true;
		try {
			const params = { fields: 'id,name,url', limit: -1 };
			// One kind may be switched off, and its collection not be there.
			const answers = await Promise.allSettled(
				TARGET_COLLECTIONS.map((collection) => api.get(`/items/${collection}`, { params })),
			);
			const targets = answers.flatMap((answer) =>
				answer.status === 'fulfilled'
					? (answer.value.data as { data: { id: string; name: string | null; url: string }[] }).data
					: [],
			);
			others.names = new Map(targets.map(({ id, name, url }) => [id, name || url]));
		} catch {
			// Targets whose names cannot be read are shown by their ids.
			others.names = new Map();
		} finally {
			others.asking = false;
		}
	}
	watchEffect(() => {
		if (unknown.value && others.names === null && !others.asking) void ask();
	});
	return (id) => {
		const name = status.byId.get(id)?.name || others.names?.get(id);
		if (name) return name;
		if (status.status !== null && others.names === null) unknown.value = true;
		return `${say('deleted_target')} (${id.slice(0, 8)})`;
	};
}
