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
  const subject = at.name === '' ? 'the file' : quote(at.name);
  at.report(
    diagnostic('GW2001', node.span, {
      message: `${subject} takes ${expected(shape)}, not ${found(node)}`,
      help: helpFor(node, shape),
    }),
  );
  return undefined;
}

const KEYS_MAX = 12;
/** What YAML 1.1 took for truth values, and people still write. */
const TRUTH: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  true: true,
  no: false,
  off: false,
  false: false,
};

function helpFor(node: Node, shape: AnyShape): string | null {
  if (shape.kind === 'record') {
    const keys = Object.keys(shape.fields);
    return keys.length > KEYS_MAX ? null : `its keys are ${keys.join(', ')}`;
  }
  if (node.kind !== 'scalar' || node.value === null) return null;
  if (shape.kind === 'flag' && typeof node.value === 'string') {
    const written = node.value.toLowerCase();
    const meant = Object.hasOwn(TRUTH, written) ? TRUTH[written] : undefined;
    return meant === undefined ? null : `write ${meant}`;
  }
  if (shape.kind === 'list' && shape.of.kind === 'text') return 'put brackets around it';
  const takesText = ['text', 'value', 'secret_url', 'word'].includes(shape.kind);
  return takesText && typeof node.value !== 'string' ? 'put quotes around the value' : null;
}
