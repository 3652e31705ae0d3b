import { CST, Lexer } from 'yaml';
import type { Source } from '../source/source.ts';
import { looksSecret } from './hide-stray-secret.ts';

/** Keeps comments out of code frames that may hold a secret: a credential that was replaced often stays as one. */
export function hideCommentedSecrets(source: Source): void {
  let at = 0;
  let inScalar = false;
  for (const lexeme of new Lexer().lex(source.text)) {
    const type: CST.TokenType | null = inScalar ? null : CST.tokenType(lexeme);
    inScalar = type === 'scalar';
    // Marks that the lexer puts in stand for no text.
    if (type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end') continue;
    const end = at + lexeme.length;
    if (type === 'comment' && looksSecret(lexeme)) source.hide({ start: at, end });
    at = end;
  }
}
