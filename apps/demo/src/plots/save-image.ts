/** Properties that SVG elements inherit and figures use. */
const INHERITED = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'fill-opacity',
  'stroke-dasharray',
  'font-size',
  'font-family',
  'font-weight',
  'text-anchor',
];

/** A drawing as the text of a stand-alone SVG file: colours and fonts as they are on the page, on the page's ground. */
export function svgText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copyStyle(svg, copy, null);
  copy.removeAttribute('aria-hidden');
  copy.setAttribute('role', 'img');
  copy.setAttribute('aria-label', svg.closest('[role=img]')?.getAttribute('aria-label') ?? '');
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  ground.setAttribute('width', '100%');
  ground.setAttribute('height', '100%');
  ground.setAttribute('fill', groundOf(svg));
  copy.prepend(ground);
  for (const gone of copy.querySelectorAll('style, [aria-label=tip]')) gone.remove();
  return new XMLSerializer().serializeToString(copy);
}

/** Replaces style rules and variables by their values, written where they differ from what an element inherits. */
function copyStyle(original: Element, copy: Element, inherited: CSSStyleDeclaration | null): void {
  const style = getComputedStyle(original);
  copy.removeAttribute('style');
  for (const name of INHERITED) {
    copy.removeAttribute(name);
    const value = style.getPropertyValue(name);
    if (value !== inherited?.getPropertyValue(name)) copy.setAttribute(name, value);
  }
  for (let k = 0; k < original.children.length; k++) copyStyle(original.children[k], copy.children[k], style);
}

function groundOf(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (backgroundColor !== 'rgba(0, 0, 0, 0)') return backgroundColor;
  }
  return 'white';
}

/** The drawing as a PNG file, twice as fine as the page. */
export async function pngOf(svg: SVGSVGElement): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = 2 * Number(svg.getAttribute('width'));
  canvas.height = 2 * Number(svg.getAttribute('height'));
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('The picture is too large to save.'));
    }, 'image/png');
  });
}
