import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectorMachine } from '../../src/vectors/vector-machine.js';
import { FACTOR_TAKEN_OUT, RELATIVE, vectorProgram } from '../../src/vectors/vector-program.js';

const LENGTH = 8;

describe('programs of vector operations', () => {
  it('do what their names say', () => {
    const x = 0;
    const y = 8;
    const z = 16;
    const f = 64;
    const program = vectorProgram();
    program.scale(z, f, x, LENGTH); // 2 x
    program.addMultiple(z, f, y, LENGTH); // 2 x + 2 y
    program.addMultiple(z, f + 1, y, LENGTH); // nothing
    program.subtractMultiple(z, f, x, LENGTH); // 2 y
    program.copy(z + 8, z, LENGTH);
    program.product(z + 8, z + 8, z, LENGTH); // 4 y^2
    program.subtractProduct(z + 8, x, y, LENGTH); // 4 y^2 - x y
    program.root(z + 16, z + 24, x, LENGTH);
    program.addDot(f + 2, x, y, LENGTH);
    program.addFactors(f + 3, x, LENGTH);
    for (const wasm of [false, true]) {
      const machine = vectorMachine(72, [program], wasm);
      const m = machine.memory;
      for (let i = 0; i < LENGTH; i++) {
        m[x + i] = i + 1;
        m[y + i] = 10 - i;
      }
      m[f] = 2;
      m[f + 2] = 1000;
      m[f + 3] = FACTOR_TAKEN_OUT / 4;
      machine.run(0);
      for (let i = 0; i < LENGTH; i++) {
        const a = i + 1;
        const b = 10 - i;
        expect(m[z + i]).toBe(2 * b);
        expect(m[z + 8 + i]).toBe(4 * b * b - a * b);
        expect(m[z + 16 + i]).toBe(Math.sqrt(a));
        expect(m[z + 24 + i]).toBe(1 / Math.sqrt(a));
      }
      // 1 10 + 2 9 + ... + 8 3; 8! / 4, once beyond the limit
      expect(m[f + 2]).toBe(1000 + 192);
      expect(m[f + 3]).toBe(40320 / 4);
      expect(m[f + 4]).toBe(1);
    }
  });

  it('run on the stretch of memory that they are given', () => {
    const program = vectorProgram();
    program.product(RELATIVE + 4, RELATIVE, 0, 4);
    for (const wasm of [false, true]) {
      const { memory, run } = vectorMachine(24, [program], wasm);
      memory.set([2, 3, 5, 7], 0);
      memory.set([1, 10, 100, 1000], 8);
      memory.set([-1, -2, -3, -4], 16);
      run(0, 8);
      run(0, 16);
      expect([...memory.subarray(8)]).toEqual([1, 10, 100, 1000, 2, 30, 500, 7000, -1, -2, -3, -4, -2, -6, -15, -28]);
    }
  });

  it('give the same bits with and without WebAssembly', () => {
    // The last four vectors also as places relative to a stretch that begins there.
    const stretch = 64;
    const place = fc.integer({ min: 0, max: 15 }).map((k) => (k < 12 ? 8 * k : RELATIVE + 8 * (k - 12)));
    const operation = fc.record({
      kind: fc.constantFrom(
        'scale',
        'addMultiple',
        'subtractMultiple',
        'product',
        'subtractProduct',
        'addDot',
        'copy',
        'addFactors',
        'root',
        'combine',
      ),
      z: place,
      x: place,
      y: place,
      length: fc.constantFrom(4, 8),
    });
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 1, maxLength: 40 }),
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 96, maxLength: 96 }),
        (operations, values) => {
          const program = vectorProgram();
          for (const { kind, z, x, y, length } of operations) {
            if (kind === 'copy' || kind === 'addFactors') program[kind](z, x, length);
            else if (kind === 'combine') program.combine(z, y, x, 8, length);
            else program[kind](z, x, y, length);
          }
          const machines = [false, true].map((wasm) => vectorMachine(96, [vectorProgram(), program], wasm));
          for (const machine of machines) {
            machine.memory.set(values);
            machine.run(0);
            expect(machine.memory).toEqual(Float64Array.from(values));
            machine.run(1, stretch);
          }
          // Whether a NaN is negative is nobody's concern.
          expect(machines[1].memory).toEqual(machines[0].memory);
        },
      ),
      { numRuns: 300 },
    );
  });
});
