// Starts the thread from the sources, for tests and `npm run gw`: node does not read TypeScript by itself.
import { register } from 'tsx/esm/api';

register();
await import('./store-thread.ts');
