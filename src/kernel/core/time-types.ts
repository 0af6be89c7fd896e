const TIMES = new Set(['timestamp', 'dateTime', 'time']);

/** Whether values of this Directus type may have milliseconds. */
export const isTime = (type: string | undefined): boolean => TIMES.has(type ?? '');
