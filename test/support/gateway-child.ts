// A gateway in a process of its own, so that its memory is measured alone: started by gatewayProcess.
import { decodeTable } from '../../table/decode.ts';
import { encodeTable } from '../../table/encode.ts';
import { openLog } from '../../runtime/observe/log.ts';
import { serve } from '../../runtime/serve.ts';
import { tableOf, TEST_ENVIRONMENT, TEST_KEY } from './table.ts';
import type { TableSpec } from './table.ts';

process.once('message', (spec: TableSpec) => {
  const { bytes, digest } = encodeTable(tableOf(spec));
  const table = { table: decodeTable(bytes, digest), digest };
  void serve({
    source: { digest: () => Promise.resolve(digest), load: () => Promise.resolve(table) },
    environment: { TEST_KEY, ...TEST_ENVIRONMENT },
    log: openLog('silent'),
    listen: null,
    control: null,
    watch_ms: null,
  }).then((serving) => process.send?.(serving.address.port));
});
