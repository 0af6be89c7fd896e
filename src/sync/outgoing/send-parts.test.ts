import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SyncApplied } from '../../contract/sync-messages.js';

import type { WireResponse } from '../../kernel/core/wire.js';
import { judgeStatus, type Verdict } from '../../delivery/core/verdict.js';
import { sendParts, type Outgoing, type Tried } from './send-parts.js';

const row = (index: number, bytes = 100) =>
	({
		change: { collection: 'posts', sync_id: `row-${index}` },
		text: '',
		bytes,
		deliveries: [],
	}) as unknown as Outgoing;
const idOf = ({ change }: Outgoing) => change.sync_id;
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index));

const answering = (status: number, body: string): WireResponse => ({ status, headers: {}, body });
const applied = (some: Outgoing[]): WireResponse =>
	answering(
		200,
		JSON.stringify({
			data: {
				instance: 'bbbbbbbbbbbb',
				results: some.map((outgoing) => ({ collection: 'posts', sync_id: idOf(outgoing), outcome: 'applied' })),
			} satisfies SyncApplied,
		}),
	);
const refusing = (status: number, code: string, message: string) =>
	answering(status, JSON.stringify({ errors: [{ message, extensions: { code } }] }));

/** Another side, by how it answers, or the code with which the connection ends. */
async function sendTo(some: Outgoing[], answer: (part: Outgoing[], request: number) => WireResponse | string) {
	let requests = 0;
	const tooLarge: number[] = [];
	const post = async (part: Outgoing[]): Promise<Tried> => {
		const said = answer(part, (requests += 1));
		const response = typeof said === 'string' ? null : said;
		const verdict: Verdict = response
			? judgeStatus(response, 0)
			: { kind: 'retry', code: String(said), message: 'no answer', retryAfterMs: null };
		return { attempt: {} as Tried['attempt'], verdict, held: null, response };
	};
	const sent = await sendParts(some, { post, stops: () => false, tooLarge: (bytes) => void tooLarge.push(bytes) });
	return {
		arrived: sent.results.map(({ sync_id }) => sync_id),
		refused: Object.fromEntries([...sent.refused].map(([outgoing, verdict]) => [idOf(outgoing), verdict])),
		failed: sent.failed && { rows: sent.failed.rows.map(idOf), verdict: sent.failed.verdict },
		requests,
		tooLarge,
	};
}

const BAD = refusing(500, 'INTERNAL_SERVER_ERROR', 'insert into posts …');
const HTML = answering(403, '<html>blocked</html>');

describe('rows that are sent together', () => {
	it('all arrive but those that are refused by themselves, whatever they are refused with', async () => {
		const answers = fc.constantFrom(BAD, HTML, refusing(400, 'INVALID_PAYLOAD', 'no'), answering(502, 'bad gateway'));
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 1, max: 200 }),
				fc.array(fc.nat(199), { maxLength: 5 }),
				answers,
				async (count, bad, refusal) => {
					const isBad = (outgoing: Outgoing) => bad.includes(Number(idOf(outgoing).slice(4)));
					const { arrived, refused, failed, requests } = await sendTo(rows(count), (part) =>
						part.some(isBad) ? refusal : applied(part),
					);
					const [wrong, right] = [
						rows(count).filter(isBad).map(idOf),
						rows(count)
							.filter((row) => !isBad(row))
							.map(idOf),
					];
					expect({ arrived, failed }).toEqual({ arrived: right, failed: null });
					expect(Object.keys(refused)).toEqual(wrong);
					expect(Object.values(refused).every(({ kind }) => kind === 'failed')).toBe(true);
					expect(requests).toBeLessThanOrEqual(2 + wrong.length * (3 + 2 * Math.ceil(Math.log2(count + 1))));
				},
			),
		);
	});

	it('say in the words of the other side why one was refused', async () => {
		const { refused } = await sendTo(rows(2), (part) =>
			part.some((outgoing) => idOf(outgoing) === 'row-1')
				? refusing(400, 'FAILED_VALIDATION', 'title is required')
				: applied(part),
		);
		expect(refused['row-1']).toMatchObject({
			code: 'FAILED_VALIDATION',
			message: expect.stringContaining('title is required') as string,
		});
	});

	it.each<[string, WireResponse | string, string]>([
		['a token that is not known', refusing(401, 'INVALID_TOKEN', 'no'), 'HTTP_401'],
		['a server under pressure', answering(503, ''), 'HTTP_503'],
		['too many requests', answering(429, ''), 'HTTP_429'],
		['a server that is broken', BAD, 'HTTP_500'],
		['a proxy that lets nothing through', HTML, 'HTTP_403'],
		['headers that are too large', answering(431, ''), 'HTTP_431'],
		['nobody', 'ECONNREFUSED', 'ECONNREFUSED'],
		['no answer', 'TIMEOUT', 'TIMEOUT'],
	])('stay owed, all of them, where there is %s', async (_what, answer, code) => {
		const { arrived, refused, failed, requests } = await sendTo(rows(200), () => answer);
		expect({ arrived, refused }).toEqual({ arrived: [], refused: {} });
		expect(failed).toMatchObject({ rows: rows(200).map(idOf), verdict: { kind: 'retry', code } });
		expect(requests).toBeLessThanOrEqual(2);
	});

	it('stay owed where the other side breaks down in the middle', async () => {
		const { arrived, refused, failed } = await sendTo(rows(200), (part, request) =>
			request > 4 ? answering(500, '') : part.some((outgoing) => idOf(outgoing) === 'row-0') ? BAD : applied(part),
		);
		expect(refused).toEqual({});
		expect([...arrived, ...(failed?.rows ?? [])].toSorted()).toEqual(rows(200).map(idOf).toSorted());
	});

	it.each<[string, (size: number) => WireResponse | string]>([
		['says that a body is too large', () => answering(413, '<html>too large</html>')],
		['closes the connection upon one', (size) => (size > 64 * 1024 ? 'ECONNRESET' : answering(413, ''))],
	])('go in smaller requests where something on the way %s, and that is learnt', async (_what, refuse) => {
		const size = (part: Outgoing[]) => part.reduce((sum, { bytes }) => sum + bytes, 0);
		const many = Array.from({ length: 200 }, (_, index) => row(index, index === 77 ? 300_000 : 8_000));
		const { arrived, refused, tooLarge } = await sendTo(many, (part) =>
			size(part) > 250_000 ? refuse(size(part)) : applied(part),
		);
		expect(arrived).toHaveLength(199);
		expect(Object.keys(refused)).toEqual(['row-77']);
		expect(tooLarge.some((bytes) => bytes < 500_000)).toBe(true);
	});
});
