/** The order that a list is asked for, as its routes take it: a field, with a "-" in front for descending. */
export const readSort = (sort: string) => ({ field: sort.replace(/^-/, ''), descending: sort.startsWith('-') });
