import type { SupernodalNumeric } from './numeric.js';
import type { SupernodalStructure } from './structure.js';

/**
 * Entries of Z = (L L')^-1 on the pattern of the panels, written to the z region of the factor's memory.
 *
 * With a panel L = [L11; L21], V = inv(L11) and N = -L21 V,
 *
 *     Z21 = Z22 N,      Z11 = V'V + N' Z21,
 *
 * where Z22 has the panel's rows below. Panels run from the last to the first, the mirror image of the factorisation:
 * a finished panel of Z adds its part of Z22 N to every earlier panel that has rows in its columns. About twice the
 * flops of the factorisation.
 * Source: Takahashi, Fagan and Chin (1973); in blocks, Lin, Yang, Meza, Lu, Ying and E (2011), SelInv, ACM TOMS 37.
 */
export function selectedInverseSupernodal(structure: SupernodalStructure, numeric: SupernodalNumeric): void {
  const { panels, panelStart, panelOf, rows, rowPtr, rowCount, valuePtr } = structure;
  const { head, next, cursor, layout, memory } = numeric;
  memory.reserve(8 * layout.inverseEnd);
  const { kernels, doubles } = memory;

  doubles.fill(0, layout.n, layout.n + valuePtr[panels]);
  doubles.fill(0, layout.z, layout.z + valuePtr[panels]);
  head.fill(-1);
  for (let t = 0; t < panels; t++) {
    const columns = panelStart[t + 1] - panelStart[t];
    kernels.invertPanel(layout.values + valuePtr[t], layout.n + valuePtr[t], columns, rowCount[t]);
    enqueue(t, rowCount[t]);
  }

  for (let t = panels - 1; t >= 0; t--) {
    const columns = panelStart[t + 1] - panelStart[t];
    const start = panelStart[t];
    kernels.finishInverse(layout.n + valuePtr[t], layout.z + valuePtr[t], columns, rowCount[t]);
    if (head[t] !== -1) kernels.setMap(layout.rows + rowPtr[t], rowCount[t], layout.map);
    for (let d = head[t]; d !== -1;) {
      const following = next[d];
      const to = cursor[d];
      const list = rowPtr[d];
      const width = panelStart[d + 1] - panelStart[d];
      let from = to - 1;
      while (from > width && (rows[list + from - 1] >= start || rows[list + from - 1] < 0)) from--;
      kernels.addInverseUpdate(
        layout.z + valuePtr[t],
        columns,
        from,
        to,
        rowCount[d],
        layout.rows + list,
        layout.map,
        layout.n + valuePtr[d],
        layout.z + valuePtr[d],
        width,
        layout.zeros,
        layout.gather,
        layout.offsets,
      );
      enqueue(d, from);
      d = following;
    }
  }

  /** Puts panel d in the list of the panel that holds its last real row before `end`. */
  function enqueue(d: number, end: number): void {
    const list = rowPtr[d];
    const width = panelStart[d + 1] - panelStart[d];
    while (end > width && rows[list + end - 1] < 0) end--;
    if (end <= width) return;
    const t = panelOf[rows[list + end - 1]];
    cursor[d] = end;
    next[d] = head[t];
    head[t] = d;
  }
}
