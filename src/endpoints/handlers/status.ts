import { measure } from '../../actions/measure.js';
import type { Handler } from '../respond.js';

export const status: Handler<'status'> = async ({ runtime }) => ({ data: await measure(runtime) });
