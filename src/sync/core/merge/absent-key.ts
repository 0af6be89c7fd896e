const NEVER_HERE = '~';

/**
 * Stands for the key of a row that was deleted before it ever came here: nobody has it here, but its end has to be told
 * on. Readers of rows leave such keys out.
 */
export const keyOfNone = (syncId: string): string => `${NEVER_HERE}${syncId}`;

export const isKeyOfNone = (key: string): boolean => key.startsWith(NEVER_HERE);
