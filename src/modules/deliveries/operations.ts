import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { BulkAction } from '../../contract/eligible.js';

/** A bulk action of this tab, whose progress is shown until somebody has seen enough of it. */
export interface Operation {
	id: string;
	action: BulkAction;
	/** How many deliveries it took on. */
	count: number;
	/** How many of them were then given up by "cancel the rest", which makes them part of another operation. */
	cancelled: number;
}

const KEPT_AS = 'downstream:operations';
const MOST = 3;

/** What somebody set in motion in this tab; kept when the page is left or loaded anew. */
export const useOperations = defineStore('downstream:operations', () => {
	const running = ref<Operation[]>(read());

	function keep(operations: Operation[]): void {
		running.value = operations.slice(0, MOST);
		try {
			sessionStorage.setItem(KEPT_AS, JSON.stringify(running.value));
		} catch {
			// Without storage it is remembered until the page is loaded anew.
		}
	}
	const begin = (id: string, action: BulkAction, count: number) =>
		keep([{ id, action, count, cancelled: 0 }, ...running.value]);
	const dismiss = (id: string) => keep(running.value.filter((operation) => operation.id !== id));
	const gaveUp = (id: string, count: number) =>
		keep(
			running.value.map((operation) =>
				operation.id === id ? { ...operation, cancelled: operation.cancelled + count } : operation,
			),
		);
	return { running, begin, dismiss, gaveUp };
});

function read(): Operation[] {
	try {
		const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? '[]');
		return Array.isArray(kept) ? kept.filter(isOperation) : [];
	} catch {
		return [];
	}
}

function isOperation(entry: unknown): entry is Operation {
	const { id, action, count, cancelled } = (entry ?? {}) as Partial<Operation>;
	return (
		typeof id === 'string' &&
		(action === 'retry' || action === 'cancel') &&
		typeof count === 'number' &&
		typeof cancelled === 'number'
	);
}
