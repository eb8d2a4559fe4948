// Runs programs of vector operations: see src/vectors/vector-program.ts. Places and lengths are in doubles; lengths are multiples of four.

/** Products beyond 2^332 are counted and taken out. */
const LARGE: f64 = 8.749002899132048e99;
const SMALL: f64 = 1.142987391282275e-100;

// @ts-ignore: decorator
@inline
function addDot(z: usize, x: usize, y: usize, bytes: usize): void {
  let s = f64x2.splat(0), t = s;
  for (let i: usize = 0; i < bytes; i += 32) {
    s = f64x2.add(s, f64x2.mul(v128.load(x + i, 0), v128.load(y + i, 0)));
    t = f64x2.add(t, f64x2.mul(v128.load(x + i, 16), v128.load(y + i, 16)));
  }
  const sum = f64x2.add(s, t);
  store<f64>(z, load<f64>(z) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
}

// @ts-ignore: decorator
@inline
function addFactors(z: usize, x: usize, bytes: usize): void {
  let product = load<f64>(z, 0), count = load<f64>(z, 8);
  for (let i: usize = 0; i < bytes; i += 8) {
    product *= load<f64>(x + i);
    if (product > LARGE) {
      product *= SMALL;
      count += 1;
    }
  }
  store<f64>(z, product, 0);
  store<f64>(z, count, 8);
}

/** Places from here on count from the stretch of memory that a run is given. */
const RELATIVE: u32 = 1 << 30;

/** The byte of a place. */
// @ts-ignore: decorator
@inline
function byteOf(place: u32, shift: u32): usize {
  return <usize>(place + select<u32>(shift, 0, place >= RELATIVE)) << 3;
}

/** Instructions from place `at` (of a 32-bit integer) up to `end`: operation, z, x, y, length. */
export function runProgram(at: u32, end: u32, stretch: u32): void {
  const shift = stretch - RELATIVE;
  const stop = <usize>end << 2;
  for (let pc = <usize>at << 2; pc < stop; pc += 20) {
    const z = byteOf(load<u32>(pc, 4), shift), x = byteOf(load<u32>(pc, 8), shift), y = byteOf(load<u32>(pc, 12), shift);
    const bytes = <usize>load<i32>(pc, 16) << 3;
    switch (load<i32>(pc)) {
      case 0: {
        memory.copy(z, x, bytes);
        break;
      }
      case 1: {
        const f = v128.load_splat<f64>(y);
        for (let i: usize = 0; i < bytes; i += 32) {
          v128.store(z + i, f64x2.mul(f, v128.load(x + i, 0)), 0);
          v128.store(z + i, f64x2.mul(f, v128.load(x + i, 16)), 16);
        }
        break;
      }
      case 2: {
        if (load<f64>(y) == 0) break;
        const f = v128.load_splat<f64>(y);
        for (let i: usize = 0; i < bytes; i += 32) {
          v128.store(z + i, f64x2.add(v128.load(z + i, 0), f64x2.mul(f, v128.load(x + i, 0))), 0);
          v128.store(z + i, f64x2.add(v128.load(z + i, 16), f64x2.mul(f, v128.load(x + i, 16))), 16);
        }
        break;
      }
      case 3: {
        const f = v128.load_splat<f64>(y);
        for (let i: usize = 0; i < bytes; i += 32) {
          v128.store(z + i, f64x2.sub(v128.load(z + i, 0), f64x2.mul(f, v128.load(x + i, 0))), 0);
          v128.store(z + i, f64x2.sub(v128.load(z + i, 16), f64x2.mul(f, v128.load(x + i, 16))), 16);
        }
        break;
      }
      case 4: {
        for (let i: usize = 0; i < bytes; i += 32) {
          v128.store(z + i, f64x2.mul(v128.load(x + i, 0), v128.load(y + i, 0)), 0);
          v128.store(z + i, f64x2.mul(v128.load(x + i, 16), v128.load(y + i, 16)), 16);
        }
        break;
      }
      case 5: {
        for (let i: usize = 0; i < bytes; i += 32) {
          v128.store(z + i, f64x2.sub(v128.load(z + i, 0), f64x2.mul(v128.load(x + i, 0), v128.load(y + i, 0))), 0);
          v128.store(z + i, f64x2.sub(v128.load(z + i, 16), f64x2.mul(v128.load(x + i, 16), v128.load(y + i, 16))), 16);
        }
        break;
      }
      case 6: {
        const one = f64x2.splat(1);
        for (let i: usize = 0; i < bytes; i += 16) {
          const root = f64x2.sqrt(v128.load(x + i));
          v128.store(z + i, root);
          v128.store(y + i, f64x2.div(one, root));
        }
        break;
      }
      case 7: {
        addDot(z, x, y, bytes);
        break;
      }
      default: {
        addFactors(z, x, bytes);
      }
    }
  }
}
