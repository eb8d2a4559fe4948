import type { MathNode } from '../model/mathematics.js';

const MATHML = 'http://www.w3.org/1998/Math/MathML';

/** MathML elements of a tree. Texts become text nodes, so that names of columns are never read as markup. */
export function mathElement({ tag, children }: MathNode): Element {
  const element = document.createElementNS(MATHML, tag);
  element.append(...children.map((child) => (typeof child === 'string' ? child : mathElement(child))));
  return element;
}

/** An attachment that fills an element with an equation. */
export const equation =
  (tree: MathNode) =>
  (host: Element): void =>
    host.replaceChildren(mathElement({ tag: 'math', children: [tree] }));
