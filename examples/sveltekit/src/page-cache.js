import { pageCache } from 'directus-extension-downstream/cache';

/** Pages in memory, until something that they show changes. */
export const pages = pageCache({ most: 5000 });
