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
  // Even entries and odd ones: two products side by side.
  let product = f64x2.replace_lane(f64x2.splat(1), 0, load<f64>(z, 0)), count = load<f64>(z, 8);
  const large = f64x2.splat(LARGE);
  for (let i: usize = 0; i < bytes; i += 16) {
    product = f64x2.mul(product, v128.load(x + i));
    if (v128.any_true(f64x2.gt(product, large))) {
      for (let lane = 0; lane < 2; ++lane) {
        const value = lane == 0 ? f64x2.extract_lane(product, 0) : f64x2.extract_lane(product, 1);
        if (!(value > LARGE)) continue;
        product = lane == 0 ? f64x2.replace_lane(product, 0, value * SMALL) : f64x2.replace_lane(product, 1, value * SMALL);
        count += 1;
      }
    }
  }
  let both = f64x2.extract_lane(product, 0) * f64x2.extract_lane(product, 1);
  if (both > LARGE) {
    both *= SMALL;
    count += 1;
  }
  store<f64>(z, both, 0);
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

/** Instructions from place `at` (of a 32-bit integer) up to `end`: operation, z, x, y, length, w. */
export function runProgram(at: u32, end: u32, stretch: u32): void {
  const shift = stretch - RELATIVE;
  const stop = <usize>end << 2;
  for (let pc = <usize>at << 2; pc < stop; pc += 24) {
    const z = byteOf(load<u32>(pc, 4), shift), x = byteOf(load<u32>(pc, 8), shift), y = byteOf(load<u32>(pc, 12), shift);
    const bytes = <usize>load<i32>(pc, 16) << 3;
    switch (load<i32>(pc)) {
      case 0: {
        for (let i: usize = 0; i < bytes; i += 32) {
          v128.store(z + i, v128.load(x + i, 0), 0);
          v128.store(z + i, v128.load(x + i, 16), 16);
        }
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
      case 9: {
        const w = byteOf(load<u32>(pc, 20), shift);
        const f = v128.load_splat<f64>(y, 0), g = v128.load_splat<f64>(y, 8);
        if (load<f64>(y, 8) == 0) {
          for (let i: usize = 0; i < bytes; i += 16) v128.store(z + i, f64x2.mul(f, v128.load(x + i)));
          break;
        }
        for (let i: usize = 0; i < bytes; i += 32) {
          v128.store(z + i, f64x2.add(f64x2.mul(f, v128.load(x + i, 0)), f64x2.mul(g, v128.load(w + i, 0))), 0);
          v128.store(z + i, f64x2.add(f64x2.mul(f, v128.load(x + i, 16)), f64x2.mul(g, v128.load(w + i, 16))), 16);
        }
        break;
      }
      default: {
        addFactors(z, x, bytes);
      }
    }
  }
}
