// A gateway in a process of its own, so that its memory is measured alone: started by gatewayProcess.
import { decodeTable } from '../../table/decode.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import { encodeTable } from '../../table/encode.ts';
import { openLog } from '../../runtime/observe/log.ts';
import { serve } from '../../runtime/serve.ts';
import type { GatewayOrder } from './gateway-process.ts';
import { builtTable, TEST_ENVIRONMENT, TEST_KEY } from './table.ts';

process.once('message', ({ spec, environment }: GatewayOrder) => {
  const built = builtTable(spec);
  const { bytes, digest } = encodeTable(built.table);
  const table = decodeTable(bytes, digest);
  const records = recordsInMemory(table.records, built.bytes);
  const loaded = { table, digest, records, close: () => {} };
  void serve({
    source: { digest: () => Promise.resolve(digest), load: () => Promise.resolve(loaded) },
    environment: { TEST_KEY, ...TEST_ENVIRONMENT, ...environment },
    log: openLog('silent'),
    listen: null,
    control: null,
    watch_ms: null,
  }).then((serving) => process.send?.(serving.address.port));
});
