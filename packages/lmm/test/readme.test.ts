import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitModel } from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the example of the README', () => {
  it('prints what it says', () => {
    const code = /```js\n([^]*?)```/.exec(readme)![1];
    const claims = [...code.matchAll(/^(.*); \/\/ => (.*)$/gm)].map(([, expression, value]) => ({ expression, value }));
    expect(claims).toHaveLength(2);
    const column = (name: string) => JSON.parse(new RegExp(`${name}: (\\[.*\\])`).exec(code)![1].replaceAll("'", '"'));
    const model = fitModel('y ~ x + (1 | g)', { y: column('y'), x: column('x'), g: column('g') });
    const list = (values: readonly number[]) => `[${values.map((v) => `'${v.toFixed(4)}'`).join(', ')}]`;
    expect(list(model.data.beta.values)).toBe(claims[0].value);
    expect(list(model.data.varcorr[0].sd)).toBe(claims[1].value);
  });
});
