import { measure } from '../../app/status/measure.js';
import type { Handler } from '../respond.js';

export const status: Handler<'status'> = async ({ runtime }) => ({ data: await measure(runtime) });
