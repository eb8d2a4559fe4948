/** Text as it stands in HTML, in an element or an attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Characters that mean something in Markdown (CommonMark and tables), and those that would start HTML. */
const MEANINGFUL = /[\\`*_{}[\]()#+\-.!|<>~^$&:@]/g;

/** Text as it stands in Markdown, in a paragraph or a cell of a table: one line, no markup, no links, no HTML. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(MEANINGFUL, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : c === '&' ? '&amp;' : `\\${c}`));
}
