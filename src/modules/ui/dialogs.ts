import { lazyDialog } from '../lazy-dialog.js';

/** Asks before something is done; what it says is in `confirm-dialog.vue`. */
export const ConfirmDialog = lazyDialog(() => import('./confirm-dialog.vue'));
