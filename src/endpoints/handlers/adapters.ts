import { describeAdapters } from '../../flush/core/describe-adapters.js';
import type { Handler } from '../respond.js';

export const adapters: Handler<'adapters'> = async ({ input }) => ({ data: describeAdapters(input.language) });
