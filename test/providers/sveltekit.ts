export { start, within } from './site-route.js';

export const setups = [{}];
