import type { FlushChange } from './adapters/adapter.js';
import type { Verdict } from '../delivery/core/verdict.js';
import type { Sent } from '../delivery/channel.js';
import type { FlushGroup } from './group-deliveries.js';
import type { ClaimedDelivery } from '../delivery/ports.js';
import type { StoredAttempt } from '../delivery/stored.js';

/** What came back for one group, sent as a whole. */
export interface SentWhole {
	verdict: Verdict;
	attempts: StoredAttempt[];
	held: number | null;
	/** Whether the target said that it was too large (413). */
	tooLarge: boolean;
}

export interface DividePorts {
	send(group: FlushGroup): Promise<SentWhole>;
	/** A new id for a part: to a receiver it is a batch that it has not seen. */
	id(): string;
	/** Writes down which deliveries are in which part, before it is sent. */
	name(groups: FlushGroup[]): Promise<void>;
	/** The bytes of these changes in a request; 0 where that does not depend on what items hold. */
	weigh(changes: FlushChange[]): number;
	/** In parts that are no larger than the target is known to take. */
	pack(changes: FlushChange[]): FlushChange[][];
	/** The target takes less than so many bytes. */
	learn(bytes: number): Promise<void>;
	/** Whether dividing has brought nothing before: then a refused group is tried by two of its changes only. */
	isHopeless(): boolean;
	foundHopeless(isHopeless: boolean): void;
}

interface Part {
	group: FlushGroup;
	/** The other half of the refused group that it comes from, if that is sent after it. */
	other?: Part;
	/** What it was in was refused and the rest was taken: it is not sent as a whole again. */
	isToBlame: boolean;
}

type Failed = Extract<Verdict, { kind: 'failed' }>;

/**
 * Sends a group; where it is refused for what is in it, its halves, and so on until whatever is refused is a single
 * change. The others arrive, and each of those has the receiver's answer to itself. For one bad change of n that takes
 * one to two requests for each halving.
 *
 * A receiver that refuses everything is not asked about every change: where a few requests more than it takes to get to
 * a single change have all been refused, the last change and the first are tried, and if those are refused too, the rest
 * fails with them.
 */
export async function divideRefused(whole: FlushGroup, ports: DividePorts): Promise<Sent> {
	const results: Sent['results'] = [];
	const attempts: StoredAttempt[] = [];
	let held: number | null = null;
	let isAnyTaken = false;
	let refused: Failed | null = null;
	let fruitless = 0;
	const patience = ports.isHopeless() ? 1 : 2 * Math.ceil(Math.log2(whole.deliveries.length)) + 4;
	/** What is next comes last. */
	const waiting: Part[] = [{ group: whole, isToBlame: false }];
	const samples: ('last' | 'first')[] = ['first', 'last'];

	const settle = (parts: Part[], verdict: Verdict) => {
		for (const { group } of parts)
			if (group.deliveries.length > 0) results.push({ deliveries: group.deliveries, verdict });
	};

	for (let part = waiting.pop(); part; part = waiting.pop()) {
		if (refused && fruitless >= patience && !isAnyTaken) {
			waiting.push(part);
			const sample = samples.pop();
			if (!sample) {
				ports.foundHopeless(true);
				settle(waiting.splice(0), givenUp(refused, results.length));
				break;
			}
			part = { group: takeOne(waiting, sample, ports.id()), isToBlame: false };
		}
		const { group } = part;
		const isDivided = group.deliveries.length > 1 && (part.isToBlame || (group !== whole && isTooLarge(group, ports)));
		if (isDivided) {
			waiting.push(...divide(part, !part.isToBlame, ports));
			continue;
		}
		if (group !== whole) await ports.name([group]);
		const sent = await ports.send(group);
		attempts.push(...sent.attempts);
		held = longer(held, sent.held);
		const { verdict } = sent;
		if (verdict.kind === 'delivered') {
			isAnyTaken = true;
			if (part.other) part.other.isToBlame = true;
			settle([part], verdict);
			continue;
		}
		if (verdict.kind !== 'failed' || !verdict.divisible) {
			// It is about the target, or for later: what has not been sent yet shares it, each part under a name of its own.
			const rest = waiting.splice(0).filter((left) => left.group.deliveries.length > 0);
			if (rest.length > 0 && verdict.kind === 'retry') await ports.name(rest.map((left) => left.group));
			settle([part, ...rest], verdict);
			return sentOf(verdict);
		}
		[refused, fruitless] = [verdict, fruitless + 1];
		if (sent.tooLarge) {
			const bytes = ports.weigh(group.changes);
			if (bytes > 0) await ports.learn(group.deliveries.length > 1 ? Math.ceil(bytes / 2) : bytes - 1);
		}
		if (group.deliveries.length === 1) settle([part], verdict);
		else waiting.push(...divide(part, sent.tooLarge, ports));
	}
	if (isAnyTaken) ports.foundHopeless(false);
	return sentOf(isAnyTaken ? { kind: 'delivered' } : (refused ?? { kind: 'delivered' }));

	function sentOf(verdict: Verdict): Sent {
		return { results, attempts, verdict, held, ...(verdict.kind === 'gone' ? { pause: verdict.message } : {}) };
	}
}

const isTooLarge = ({ changes }: FlushGroup, ports: DividePorts) => ports.pack(changes).length > 1;

/** The parts of a refused group, the next one last: by size where it was too large, else its halves. */
function divide({ group }: Part, bySize: boolean, ports: DividePorts): Part[] {
	const packed = bySize ? ports.pack(group.changes) : [];
	const sizes = packed.length > 1 ? packed.map(({ length }) => length) : halves(group.changes.length);
	let start = 0;
	const parts = sizes.map((size): Part => {
		const [deliveries, changes] = [group.deliveries, group.changes].map((list) => list.slice(start, start + size)) as [
			ClaimedDelivery[],
			FlushChange[],
		];
		start += size;
		return { group: { batch: ports.id(), deliveries, changes }, isToBlame: false };
	});
	const [first, second] = parts;
	// After a 413 both halves may be accepted. Otherwise, if one half is accepted, the other contains the bad change.
	if (first && second && !bySize) first.other = second;
	return parts.toReversed();
}

const halves = (count: number) => [Math.ceil(count / 2), Math.floor(count / 2)];

/** Takes the last change of all that wait, or the first of those that come next, out of its part. */
function takeOne(waiting: Part[], which: 'last' | 'first', batch: string): FlushGroup {
	const from = (which === 'last' ? waiting[0] : waiting.at(-1)) as Part;
	const at = which === 'last' ? -1 : 0;
	const { deliveries, changes } = from.group;
	const taken = { batch, deliveries: [deliveries.at(at)], changes: [changes.at(at)] } as FlushGroup;
	const cut = <T>(list: T[]) => (which === 'last' ? list.slice(0, -1) : list.slice(1));
	from.group = { ...from.group, deliveries: cut(deliveries), changes: cut(changes) };
	if (from.group.deliveries.length === 0) waiting.splice(waiting.indexOf(from), 1);
	return taken;
}

const givenUp = (refused: Failed, alone: number): Failed => ({
	...refused,
	message: `${refused.message} (not sent by itself: none of the smaller requests was taken either${alone > 0 ? `, nor the ${alone === 1 ? 'change' : `${alone} changes`} sent alone` : ''})`,
});

const longer = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b));
