export type Dice = () => number;
export const pick = <T>(dice: Dice, from: readonly T[]): T => from[Math.floor(dice() * from.length)] as T;
export const many = <T>(dice: Dice, most: number, make: () => T): T[] =>
	Array.from({ length: Math.floor(dice() * (most + 1)) }, make);
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

/** What stands where something else was expected, small and large. */
export function anything(dice: Dice): unknown {
	const odd: (() => unknown)[] = [
		() => null,
		() => [],
		() => ({}),
		() => '',
		() => -1,
		() => 1e308,
		() => 2 ** 53,
		() => true,
		() => '\u0000',
		() => '\ud800',
		() => '__proto__',
		() => 'x'.repeat(3_000),
		() => 'a'.repeat(200_000),
		() => ({ constructor: { prototype: 1 }, toString: 'x' }),
		() => JSON.parse('{"__proto__":{"admin":true}}') as unknown,
		() => nested(1 + Math.floor(dice() * 1_000)),
		() => many(dice, 3_000, () => 'x'),
		() => Object.fromEntries(Array.from({ length: Math.floor(dice() * 2_000) }, (_, index) => [`k${index}`, index])),
		() => [[['a']], { a: [1, { b: null }] }],
		() => "1' or '1'='1",
		() => 'zzzzzzzzzzz-cccccccccccc',
		() => '2026-13-45T99:99:99Z',
		() => '(((((((((((((((((((((a+)+)+)+)+)+',
	];
	return pick(dice, odd)();
}

/** The same with one or a few of its places changed, taken away or made many. */
export function broken(dice: Dice, value: unknown): unknown {
	const copy = structuredClone(value);
	for (let times = Math.floor(dice() * 3); times >= 0; times -= 1) {
		let at = copy as Record<string, unknown>;
		for (;;) {
			const keys = typeof at === 'object' && at !== null ? Object.keys(at) : [];
			if (keys.length === 0) break;
			const key = pick(dice, keys);
			const inner = at[key];
			if (typeof inner === 'object' && inner !== null && dice() < 0.75) {
				at = inner as Record<string, unknown>;
				continue;
			}
			const how = dice();
			if (how < 0.7) at[key] = anything(dice);
			else if (how < 0.8) delete at[key];
			else if (how < 0.9) at[pick(dice, ['__proto__', 'constructor', 'x'.repeat(300), 'admin'])] = inner;
			else if (Array.isArray(at)) at.push(...Array.from({ length: 500 }, () => inner));
			break;
		}
	}
	return copy;
}
