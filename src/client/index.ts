export { collectTags, type CollectOptions, type PageTags } from './collect-tags.js';
export { reportPages, type PageReporter, type ReportOptions } from './report-pages.js';
export type { CacheName } from './caches.js';
