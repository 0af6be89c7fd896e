/** `1 row`, `2,300 rows`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
	`${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
