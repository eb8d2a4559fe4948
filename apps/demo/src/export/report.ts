import type { Fit } from '../state/workbench.svelte.js';

/**
 * A report of a fit as a web page that stands alone: what the summary shows, with the code to repeat it. Everything is text nodes, so
 * nothing in names or levels is read as markup.
 */
export function htmlReport(
  fit: Fit,
  parts: { readonly summary: Element; readonly words: readonly string[]; readonly code: string },
): string {
  const page = document.implementation.createHTMLDocument(`${fit.settings.formula} - blup`);
  const meta = page.createElement('meta');
  meta.setAttribute('charset', 'utf-8');
  const style = page.createElement('style');
  style.textContent =
    'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;margin:1rem 0}' +
    'th,td{padding:.2rem .8rem .2rem 0;text-align:right}th[scope=row],th:first-child,td.text{text-align:left}thead th{border-bottom:1px solid #999}' +
    'caption{text-align:left;font-weight:600}pre{background:#f2f4f6;padding:1rem;overflow:auto}';
  page.head.prepend(meta);
  page.head.append(style);
  const add = (tag: string, text: string, to: Element = page.body): Element => {
    const element = page.createElement(tag);
    element.textContent = text;
    to.append(element);
    return element;
  };
  add('h1', 'Linear mixed model');
  const list = add('ul', '');
  for (const sentence of parts.words) add('li', sentence, list);
  page.body.append(page.importNode(parts.summary, true));
  add('h2', 'To repeat it in R');
  add('pre', parts.code);
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}
