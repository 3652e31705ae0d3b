import type { Node } from './tree.ts';
import { quoteList } from '../diagnostic/quote.ts';
import type { AnyShape } from '../fields/shape.ts';

/** Gives what a shape takes, in words for people. */
export function expected(shape: AnyShape): string {
  switch (shape.kind) {
    case 'text':
      return 'text';
    case 'integer':
      return `a whole number from ${shape.min} on`;
    case 'positive':
      return 'a number above 0';
    case 'flag':
      return 'true or false';
    case 'word':
      return quoteList(shape.words, 'or');
    case 'duration':
      return shape.seconds ? 'a duration such as 10s, or a number of seconds' : 'a duration such as 10s';
    case 'size':
      return shape.bytes ? 'a size such as 10MiB, or a number of bytes' : 'a size such as 16KiB';
    case 'secret':
      return 'a reference such as ${env:NAME}, or sealed text';
    case 'value':
      return 'text, or a reference such as ${env:NAME}';
    case 'secret_url':
      return 'a URL, in which references may stand';
    case 'words':
      return 'a list of texts';
    case 'list':
      return shape.of.kind === 'record' ? 'a list of mappings' : 'a list of texts';
    case 'map':
    case 'record':
      return 'a mapping of keys to values';
  }
}

/** Gives what a node is, in words for people. The value itself is not shown. */
export function found(node: Node): string {
  if (node.kind === 'mapping') return 'a mapping';
  if (node.kind === 'sequence') return 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return 'text';
  return typeof node.value === 'boolean' ? 'true or false' : 'a number';
}
