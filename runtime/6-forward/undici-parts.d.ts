// The two parts of undici that are used, imported by path: the whole package costs three times their
// start time (it loads fetch, WebSocket, caches and mocks). Both are public classes of its index.
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  export default Client;
}
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export default Pool;
}
