import type { Node } from './tree.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import { expected, found } from './expected.ts';
import { hideStraySecret } from './hide-stray-secret.ts';
import type { AnyShape } from '../fields/shape.ts';

/** Reports that a node is not what its key takes. Gives undefined, which is what was read. */
export function wrongType(
  node: Node,
  shape: AnyShape,
  at: { readonly name: string; readonly report: Report },
): undefined {
  hideStraySecret(node, shape.kind === 'secret' || shape.kind === 'secret_url');
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
