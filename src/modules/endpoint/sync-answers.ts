/** What the routes of sync answer, as the contract declares it: types alone. */
export type { Conflict, ConflictThere, Resolved } from '../../contract/answers/conflicts.js';
export type { LinkCheck, RuleClosure } from '../../contract/answers/links.js';
export type { PreviewRow, Promotion } from '../../contract/answers/previews.js';
export type { LinkedCopy, Release } from '../../contract/answers/releases.js';
export type { Comparison, Received, Repair, Run, Undone } from '../../contract/answers/sync.js';
