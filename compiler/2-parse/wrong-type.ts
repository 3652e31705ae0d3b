import type { Node } from './tree.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import { hideSpan } from '../source/span.ts';
import { expected, found } from './expected.ts';
import type { AnyShape } from '../fields/shape.ts';

/** Reports that a node is not what its key takes. Gives undefined, which is what was read. */
export function wrongType(
  node: Node,
  shape: AnyShape,
  at: { readonly name: string; readonly report: Report },
): undefined {
  // Whatever stands where something else belongs may be a secret that was pasted into the wrong place.
  hideSpan(node.span);
  const unquoted = node.kind === 'scalar' && node.value !== null && typeof node.value !== 'string';
  const subject = at.name === '' ? 'the file' : quote(at.name);
  const takesText = ['text', 'value', 'secret_url', 'word'].includes(shape.kind);
  at.report(
    diagnostic('GW2001', node.span, {
      message: `${subject} takes ${expected(shape)}, not ${found(node)}`,
      help: unquoted && takesText ? 'put quotes around the value' : null,
    }),
  );
  return undefined;
}
