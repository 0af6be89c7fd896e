import type { TargetKind } from '../contract/vocabulary.js';

/** Which kinds of targets are off altogether, and why. */
export function createKindsOff() {
	const reasons = new Map<TargetKind, string>();
	return {
		off: () => [...reasons].map(([kind, reason]) => ({ kind, reason })),
		isOff: (kind: TargetKind) => reasons.has(kind),
		turnOff: (kind: TargetKind, reason: string) => void reasons.set(kind, reason),
		turnOn: (kind: TargetKind) => void reasons.delete(kind),
	};
}
