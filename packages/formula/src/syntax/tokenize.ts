import { FormulaSyntaxError } from '../errors.js';

export type TokenKind = 'number' | 'integer' | 'string' | 'name' | 'quotedName' | 'operator' | 'end';

export interface Token {
  kind: TokenKind;
  /** Operator text, name, string contents, or the digits of a number. */
  text: string;
  start: number;
  end: number;
}

const SPACE = /[\s\u00a0]*(?:#[^\n]*[\s\u00a0]*)*/y;
const NUMBER = /(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(L?)/y;
const NAME = /(?:[\p{L}_]|\.(?!\d))[\p{L}\p{N}\p{M}._]*/uy;
const OPERATOR = /%[^%\n]*%|<-|::|\*\*|==|!=|<=|>=|&&|\|\||[~+\-*/^:<>!&|(),=[\]{}$@;?]/y;
const QUOTED = /`(?:[^`\\]|\\[^])*`|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'/y;

const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['0', '\0'],
]);

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

const unescape = (text: string): string =>
  text.replace(/\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{1,4})|([^]))/g, (_, braced, plain, single) => {
    const hex: string | undefined = braced ?? plain;
    if (hex === undefined) return ESCAPES.get(single) ?? single;
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });

/**
 * Splits a formula into tokens; the last one has kind `end`. White space, line breaks and `#` comments separate tokens.
 *
 * @throws FormulaSyntaxError at a character that starts no token, or an unclosed string.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: TokenKind, text: string, end: number): void => {
    tokens.push({ kind, text, start: at, end });
    at = end;
  };
  for (;;) {
    at += match(SPACE, source, at)![0].length;
    if (at >= source.length) break;
    const first = source[at]!;
    if (first === '"' || first === "'" || first === '`') {
      const quoted = match(QUOTED, source, at);
      if (quoted === null) {
        throw new FormulaSyntaxError(`The ${first} is never closed.`, { place: { source, start: at, end: at + 1 } });
      }
      const text = unescape(quoted[0].slice(1, -1));
      if (first === '`' && text === '') {
        throw new FormulaSyntaxError('The name between the backticks is empty.', {
          place: { source, start: at, end: at + 2 },
        });
      }
      push(first === '`' ? 'quotedName' : 'string', text, at + quoted[0].length);
      continue;
    }
    const number = match(NUMBER, source, at);
    if (number !== null) {
      const integer = number[1] === 'L';
      push(integer ? 'integer' : 'number', integer ? number[0].slice(0, -1) : number[0], at + number[0].length);
      continue;
    }
    const name = match(NAME, source, at);
    if (name !== null) {
      push('name', name[0], at + name[0].length);
      continue;
    }
    const operator = match(OPERATOR, source, at);
    if (operator === null) {
      const char = String.fromCodePoint(source.codePointAt(at)!);
      throw new FormulaSyntaxError(`${JSON.stringify(char)} means nothing in a formula.`, {
        place: { source, start: at, end: at + char.length },
        hint: 'Names with special characters are written between backticks: `my column`.',
      });
    }
    push('operator', operator[0], at + operator[0].length);
  }
  push('end', '', at);
  return tokens;
}
