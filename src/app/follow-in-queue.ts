import { hasOutbox } from '../capture/tables/outbox-table.js';
import { renameCollectionInOutbox, renameFieldInOutbox } from '../capture/tables/renamed-in-outbox.js';
import type { FollowInQueue } from '../config/ports.js';
import { renameCollectionInQueue, rewriteRememberedRules } from '../delivery/tables/renamed-in-queue.js';

/** What was saved before a new name and has not been sent yet goes out all the same. */
export const followInQueue: FollowInQueue = async (database, move, rewritten) => {
	if (!(await hasOutbox(database))) return;
	if (move.kind === 'collections') {
		await renameCollectionInOutbox(database, move.from, move.to);
		await renameCollectionInQueue(database, move.from, move.to);
	} else await renameFieldInOutbox(database, move.collection, move.from, move.to);
	await rewriteRememberedRules(database, rewritten);
};
