const PIECE = 1 << 14;

/**
 * One JSON document with every double at full precision, in pieces, because the longest string of a JavaScript engine is shorter than the
 * results of a hundred million rows. Typed arrays become arrays; NaN, which JSON cannot say, becomes null, and infinities the strings
 * "Infinity" and "-Infinity".
 */
export function* jsonPieces(document: object): Generator<string> {
  let separator = '{';
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    separator = ',';
    if (
      (Array.isArray(value) || ArrayBuffer.isView(value)) &&
      (value as ArrayLike<unknown> & unknown[]).length > PIECE
    ) {
      yield* arrayPieces(Array.isArray(value) ? value : (value as Float64Array));
    } else {
      yield stringify(value);
    }
  }
  yield separator === '{' ? '{}\n' : '}\n';
}

function* arrayPieces(array: unknown[] | Float64Array): Generator<string> {
  for (let start = 0; start < array.length; start += PIECE) {
    const piece = stringify(array.slice(start, start + PIECE));
    yield (start === 0 ? '[' : ',') + piece.slice(1, -1);
  }
  yield ']';
}

const stringify = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'number' && !Number.isFinite(part)) return Number.isNaN(part) ? null : String(part);
    if (ArrayBuffer.isView(part)) return Array.from(part as Float64Array);
    return part;
  });
