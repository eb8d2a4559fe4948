import { describe, expect, it } from 'vitest';
import { levelCross, levelGram } from '../src/one-factor/level-products.js';
import { vectorMachine } from '../src/vectors/vector-machine.js';
import { vectorProgram } from '../src/vectors/vector-program.js';
import { normal, uniform } from './random-models.js';

describe('products of the columns of batches', () => {
  it.each([
    [1, 1],
    [3, 2],
    [8, 4],
    [9, 5],
    [13, 11],
  ])('%i and %i columns: sums over two batches are those of dot products', (wa, wb) => {
    const gauss = normal(uniform(wa));
    const length = 12;
    const A = { at: 0, ld: length + 8, width: wa, length };
    const B = { at: wa * A.ld, ld: length + 4, width: wb, length };
    const gram = levelGram(A, B.at + wb * B.ld);
    const cross = levelCross(A, B, gram.end);
    const program = vectorProgram();
    gram.program(program);
    cross.program(program);
    const machine = vectorMachine(cross.end, [program], false);
    const m = machine.memory;
    const within = new Float64Array(wa * wa);
    const between = new Float64Array(wa * wb);
    gram.reset(m);
    cross.reset(m);
    for (let batch = 0; batch < 2; batch++) {
      for (let i = 0; i < gram.end && i < B.at + wb * B.ld; i++) m[i] = gauss();
      machine.run(0);
      gram.add(m);
      cross.add(m);
      for (let i = 0; i < wa; i++) {
        for (let k = 0; k < length; k++) {
          for (let j = 0; j < wa; j++) within[i * wa + j] += m[i * A.ld + k] * m[j * A.ld + k];
          for (let j = 0; j < wb; j++) between[i * wb + j] += m[i * A.ld + k] * m[B.at + j * B.ld + k];
        }
      }
    }
    for (let i = 0; i < wa; i++) {
      for (let j = 0; j < wa; j++) expect(gram.at(m, i, j)).toBeCloseTo(within[i * wa + j], 11);
      for (let j = 0; j < wb; j++) expect(cross.at(m, i, j)).toBeCloseTo(between[i * wb + j], 11);
    }
  });
});
