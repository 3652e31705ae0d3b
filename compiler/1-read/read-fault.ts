import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import { Source } from '../source/source.ts';
import { wholeSource } from '../source/span.ts';
import type { Span } from '../source/span.ts';
import type { ReadFault } from './workspace.ts';

/** Gives the diagnostic of a file that was not read. `at` is the place that names it, where there is one. */
export function readFault(path: string, fault: ReadFault, at: Span | null = null): Diagnostic {
  const span = at ?? wholeSource(new Source(path, null));
  const name = quote(path);
  switch (fault) {
    case 'missing':
      return diagnostic(at === null ? 'GW1007' : 'GW6001', span, { message: `${name} does not exist` });
    case 'unreadable':
      return diagnostic('GW1007', span, {
        message: `${name} cannot be read`,
        help: 'it must be a file that you may read',
      });
    case 'unreadable_folder':
      return diagnostic('GW1007', span, {
        message: `${name} cannot be listed`,
        help: 'it must be a folder that you may read',
      });
    case 'too_large':
      return diagnostic('GW1003', span, {
        message: `${name} is larger than ${at === null ? '1 MiB' : '128 MiB'}`,
      });
    case 'leaves_folder':
      return diagnostic('GW1005', span, {
        message: `${name} leads outside its folder and was not opened`,
        help: 'copy the file into the folder',
      });
    case 'not_utf8':
      return diagnostic('GW1004', span, { message: `${name} is not UTF-8`, help: 'save it as UTF-8' });
  }
}
