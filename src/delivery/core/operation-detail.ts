/** How many chosen deliveries, and items, are named. */
export const NAMED = 100;

/** What an operation was done to, as lists show it: not every delivery and item, but how many there are. */
export function shownDetail(detail: Record<string, unknown>): Record<string, unknown> {
	const { ids } = (detail['filter'] ?? {}) as { ids?: unknown[] };
	const { items } = detail;
	return {
		...detail,
		...(Array.isArray(ids) ? { filter: { ...(detail['filter'] as object), ids: ids.slice(0, NAMED) } } : {}),
		...(Array.isArray(items) ? { items: items.slice(0, NAMED), items_count: items.length } : {}),
	};
}
