/** What tells the order of two deliveries of one item. */
interface Ordered {
	id: string;
	changeId: number | null;
}

/**
 * Whether a delivery tells of something that happened after another one. The outbox numbers changes in the order in which
 * they were committed, whichever node plans them; where one of the two has no number, their ids say when they were added.
 */
export const isLater = (one: Ordered, than: Ordered): boolean =>
	one.changeId !== null && than.changeId !== null && one.changeId !== than.changeId
		? one.changeId > than.changeId
		: one.id > than.id;
