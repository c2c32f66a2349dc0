// Runs the worker from its TypeScript source, under vitest and tsx. Bundles use the built `core-worker.js`.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
