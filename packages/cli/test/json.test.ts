import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces } from '../src/output/json.js';

const toText = (document: object) => [...jsonPieces(document)].join('');

test('what JSON cannot say', () => {
  const document = {
    a: [Number.NaN, Infinity, -Infinity, -0],
    b: Float64Array.of(0.1, Number.NaN),
    c: Int32Array.of(1),
    d: null,
    e: undefined,
  };
  expect(toText(document)).toBe('{"a":[null,"Infinity","-Infinity",0],"b":[0.1,null],"c":[1],"d":null}\n');
  expect(toText({})).toBe('{}\n');
});

test('every finite double survives', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (values) => {
      const plusZero = values.map((value) => value + 0);
      expect(JSON.parse(toText({ values: Float64Array.from(values) }))).toEqual({ values: plusZero });
    }),
  );
});

test('long arrays come in several pieces', () => {
  const long = Float64Array.from({ length: 100_000 }, (_, i) => (i % 7 === 0 ? Number.NaN : i / 3));
  const document = { first: 1, long, plain: Array.from(long), last: 'x' };
  expect([...jsonPieces(document)].length).toBeGreaterThan(10);
  const expected = Array.from(long, (value) => (Number.isNaN(value) ? null : value));
  expect(JSON.parse(toText(document))).toEqual({ first: 1, long: expected, plain: expected, last: 'x' });
});

test('keys such as __proto__ are kept', () => {
  const inner: Record<string, number> = Object.create(null);
  inner['__proto__'] = 1;
  inner['constructor'] = 2;
  expect(toText({ inner })).toBe('{"inner":{"__proto__":1,"constructor":2}}\n');
});
