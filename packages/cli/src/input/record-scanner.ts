/** Where the fields of some records stand in a buffer: field k of record r is `bytes[ranges[2 (r width + k)] ..= ...]`. */
export interface ScannedRecords {
  readonly bytes: Uint8Array;
  /** Records, blank lines left out. */
  readonly count: number;
  /** Fields of each record that are told. */
  readonly width: number;
  /**
   * Start and end of each field, quotes left out. The end is ~end where the text between is not the field itself: doubled quotes, or line
   * ends other than a line feed ({@link fieldText}).
   */
  readonly ranges: Int32Array;
  /** Bytes that were used up; the rest is part of a record. */
  readonly used: number;
}

/** What the scanner stumbled over, `record` counted from 0 within this buffer. */
export interface ScanProblem {
  readonly kind: 'ragged-row' | 'unclosed-quote' | 'stray-quote';
  readonly record: number;
  readonly fields: number;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;

/**
 * Splits delimited text (RFC 4180; line feeds, carriage returns or both) into fields, without making strings. O(bytes).
 *
 * @param last whether the text ends with the buffer; otherwise an unfinished record is left for the next one
 * @param columns fields of every record; 0 takes the first record alone, whatever it has
 * @param wanted which of them are told, ascending; null for all
 */
export function scanRecords(
  bytes: Uint8Array,
  from: number,
  last: boolean,
  delimiter: number,
  columns: number,
  wanted: Int32Array | null,
): ScannedRecords | ScanProblem {
  const n = bytes.length;
  const width = wanted ? wanted.length : columns;
  let ranges = new Int32Array(Math.max(64, 2 * width * 1024));
  let count = 0;
  let at = from;
  let used = from;
  let fields = 0;
  while (at < n) {
    const base = 2 * width * count;
    // A header may have any number of fields: room is made as they come.
    if (base + 2 * width + 2 > ranges.length) ranges = doubled(ranges);
    let slot = 0;
    let next = wanted ? wanted[0] : 0;
    fields = 0;
    let blank = false;
    let done = false;
    while (!done) {
      let start = at;
      let end = at;
      if (bytes[at] === QUOTE) {
        let changed = false;
        start = ++at;
        for (;;) {
          let c = 0;
          while (at < n && (c = bytes[at]!) !== QUOTE) {
            if (c === CR) changed = true;
            at++;
          }
          if (at >= n || (at + 1 === n && !last)) {
            return last
              ? { kind: 'unclosed-quote', record: count, fields }
              : records(bytes, count, width, ranges, used);
          }
          if (bytes[at + 1] !== QUOTE) break;
          changed = true;
          at += 2;
        }
        end = changed ? ~at : at;
        at++;
        while (at < n && bytes[at] === SPACE) at++;
        if (at < n && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) {
          return { kind: 'stray-quote', record: count, fields };
        }
      } else {
        let c = 0;
        while (at < n && (c = bytes[at]!) !== delimiter && c !== LF && c !== CR) at++;
        end = at;
      }
      if (columns === 0 || fields === next) {
        if (base + 2 * slot + 2 > ranges.length) ranges = doubled(ranges);
        ranges[base + 2 * slot] = start;
        ranges[base + 2 * slot + 1] = end;
        slot++;
        next = wanted ? (wanted[slot] ?? -1) : slot;
      }
      blank = fields === 0 && (end < 0 ? ~end : end) === start;
      fields++;
      if (at >= n) {
        if (!last) return records(bytes, count, width, ranges, used);
        done = true;
      } else if (bytes[at] === delimiter) at++;
      else {
        if (bytes[at] === CR) {
          if (at + 1 === n && !last) return records(bytes, count, width, ranges, used);
          if (bytes[at + 1] === LF) at++;
        }
        at++;
        done = true;
      }
    }
    used = at;
    if (blank && fields === 1) continue;
    if (columns === 0) return { bytes, count: 1, width: fields, ranges, used };
    if (fields !== columns) return { kind: 'ragged-row', record: count, fields };
    count++;
  }
  return records(bytes, count, width, ranges, used);
}

const records = (
  bytes: Uint8Array,
  count: number,
  width: number,
  ranges: Int32Array,
  used: number,
): ScannedRecords => ({ bytes, count, width, ranges, used });

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const out = new Int32Array(2 * values.length);
  out.set(values);
  return out;
}

const decoder = new TextDecoder();

/** The text of a field, its quotes and line ends resolved. */
export function fieldText(bytes: Uint8Array, start: number, end: number): string {
  if (end >= 0) return decoder.decode(bytes.subarray(start, end));
  return decoder.decode(bytes.subarray(start, ~end)).replaceAll('""', '"').replace(/\r\n?/g, '\n');
}
