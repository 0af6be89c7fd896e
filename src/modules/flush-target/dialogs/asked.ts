/** The confirmation that is open: people are asked before something is lost or stops. */
export type Asked = 'unpublish' | 'archive' | 'delete' | 'moved';

/** What is done with a target now and then. */
export type Act = 'discard' | 'restore' | Exclude<Asked, 'moved'>;
