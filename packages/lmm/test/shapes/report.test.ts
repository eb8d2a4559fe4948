import { describe, expect, it } from 'vitest';
import { exportModel, fitModel, modelFromJSON, reportHtml, reportMarkdown } from '../../src/index.js';
import { escapeHtml, escapeMarkdown } from '../../src/shapes/escape.js';
import { fitCase, goldenCase } from '../golden.js';

const model = fitCase(goldenCase('sleepstudy-rs-reml'));

describe('a report', () => {
  it('holds the estimates in tables, in Markdown and HTML', () => {
    const markdown = reportMarkdown(model, { ddf: 'satterthwaite', title: 'Sleep' });
    expect(markdown).toMatch(/^# Sleep\n\n## Model\n/);
    expect(markdown).toMatch(/\| Days \| 10\\\.467 *\| 1\\\.546/);
    expect(markdown).toMatch(/\| Term \| Estimate \| Std\\\. error \| df \| t \| p \| 95 % from \| to \|/);
    const html = reportHtml(model);
    expect(html).toMatch(/<td class="text">Days<\/td><td>10\.467/);
    expect(html).toContain('<h2>Random effects</h2>');
    expect(html).not.toContain('<script');
  });

  it('lets nothing from the data become markup', () => {
    const evil = '<img src=x onerror=alert(1)>';
    const pipe = 'a|b\n# [click](javascript:1) **y** $z$ <b>';
    const n = 40;
    const data = Object.create(null) as Record<string, (string | number)[]>;
    data[evil] = Array.from({ length: n }, (_, i) => `${pipe}${i % 3}`);
    data['y'] = Array.from({ length: n }, (_, i) => Math.sin(2.1 * i) + (i % 5));
    data[pipe] = Array.from({ length: n }, (_, i) => `<script>${i % 4}`);
    const odd = fitModel(`y ~ \`${evil}\` + (1 | \`${pipe}\`)`, data);
    const html = reportHtml(odd, { title: '<script>1</script>' });
    const tags = [...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map((m) => m[1]);
    const own = '!doctype html head meta title style body h1 h2 p section table thead tbody tr th td'.split(' ');
    expect(tags.filter((tag) => !own.includes(tag))).toEqual([]);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    const markdown = reportMarkdown(odd, { title: '<script>' });
    expect(markdown).not.toMatch(/<(script|img|b)/);
    expect(markdown).not.toMatch(/[^\\]\]\(/);
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
    const bars = (line: string) => line.replace(/\\./g, '').split('|').length;
    const fixed = rows.filter((line) => bars(line) > 4 && line.includes('img'));
    for (const line of fixed) expect(bars(line)).toBe(bars(rows.find((r) => r.includes('Term'))!));
    expect(fixed.length).toBe(2);
  });

  it('says what is wrong with a fit', () => {
    expect(reportMarkdown(fitCase(goldenCase('dyestuff2-ml')))).toMatch(/Note\\: the standard deviation of/);
    expect(reportMarkdown(model)).toMatch(/nothing to worry about/);
  });

  it('is written for fits without fixed or random effects', () => {
    const data = { y: [1, 3, 2, 5, 4, 6], g: [...'aabbcc'] };
    expect(reportMarkdown(fitModel('y ~ 0 + (1 | g)', data))).toContain('The model has none');
    expect(reportHtml(fitModel('y ~ 1', data))).toContain('Residual');
  });
});

describe('escapes', () => {
  it('leave no character that means something', () => {
    expect(escapeHtml(`<a href="x">&'`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
    expect(escapeMarkdown('a|b *c* <d> & \n#e')).toBe('a\\|b \\*c\\* &lt;d&gt; &amp; \\#e');
  });
});

describe('the JSON of a model', () => {
  it('brings its summary back, from either export', () => {
    const plain = modelFromJSON(JSON.stringify(model));
    const exported = modelFromJSON(JSON.stringify(exportModel(model, { summary: true })));
    expect(exported).toEqual(plain);
    expect(() => modelFromJSON(JSON.stringify(exportModel(model)))).toThrow(/without its summary/);
  });
});
