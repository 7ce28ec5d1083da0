/**
 * A figure painted on a canvas: the few kinds of elements that the stage draws, with the document's own fonts, so that no letter comes late.
 * @typedef {CanvasRenderingContext2D} Context
 */

/**
 * Paints a figure over the whole of a canvas.
 * @param {HTMLCanvasElement} canvas @param {SVGSVGElement} figure as `standalone` makes it
 */
export function paint(canvas, figure) {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('expected a browser that can draw on a canvas');
  const [left, top, width, height] = (figure.getAttribute('viewBox') ?? '').split(' ').map(Number);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.scale(canvas.width / width, canvas.height / height);
  context.translate(-left, -top);
  for (const child of figure.children) paintElement(context, child, 1);
}

/** @param {Context} context @param {Element} element @param {number} above the opacity of what it stands in */
function paintElement(context, element, above) {
  const matrix = element instanceof SVGGraphicsElement ? element.transform.baseVal.consolidate()?.matrix : undefined;
  context.save();
  if (matrix) context.transform(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f);
  paintKind(context, element, above * number(element, 'opacity', 1));
  context.restore();
}

/** @param {Context} context @param {Element} element @param {number} opacity */
function paintKind(context, element, opacity) {
  switch (element.tagName) {
    case 'g':
      for (const child of element.children) paintElement(context, child, opacity);
      return;
    case 'rect':
      paintShape(context, element, opacity, (path) => path.roundRect(number(element, 'x'), number(element, 'y'), number(element, 'width'), number(element, 'height'), number(element, 'rx')));
      return;
    case 'circle':
      paintShape(context, element, opacity, (path) => path.arc(number(element, 'cx'), number(element, 'cy'), number(element, 'r'), 0, 2 * Math.PI));
      return;
    case 'path':
      paintShape(context, element, opacity, (path) => path.addPath(new Path2D(element.getAttribute('d') ?? '')));
      return;
    case 'text':
      paintText(context, element, opacity);
      return;
    default:
  }
}

/** @param {Element} element @param {string} name @param {number} [otherwise] */
function number(element, name, otherwise = 0) {
  const text = element.getAttribute(name);
  return text === null ? otherwise : Number.parseFloat(text);
}

/** @param {Context} context @param {Element} element @param {number} opacity @param {(path: Path2D) => void} draw */
function paintShape(context, element, opacity, draw) {
  const path = new Path2D();
  draw(path);
  const [fill, stroke] = [element.getAttribute('fill') ?? 'black', element.getAttribute('stroke') ?? 'none'];
  if (fill !== 'none') {
    context.globalAlpha = opacity * number(element, 'fill-opacity', 1);
    context.fillStyle = fill;
    context.fill(path);
  }
  if (stroke === 'none') return;
  context.globalAlpha = opacity;
  context.strokeStyle = stroke;
  context.lineWidth = number(element, 'stroke-width', 1);
  context.lineCap = /** @type {CanvasLineCap} */ (element.getAttribute('stroke-linecap') ?? 'butt');
  context.setLineDash((element.getAttribute('stroke-dasharray') ?? '').split(/[ ,]+/).map(Number.parseFloat).filter(Number.isFinite));
  context.stroke(path);
}

/** A text in one line, its parts after one another. @param {Context} context @param {Element} text @param {number} opacity */
function paintText(context, text, opacity) {
  const runs = [...text.childNodes].map((node) => (node instanceof Element ? { element: node, words: node.textContent ?? '' } : { element: text, words: node.textContent ?? '' }));
  const widths = runs.map(({ element, words }) => {
    context.font = fontOf(element);
    return context.measureText(words).width;
  });
  const whole = widths.reduce((sum, width) => sum + width, 0);
  const share = { middle: 0.5, end: 1 }[text.getAttribute('text-anchor') ?? ''] ?? 0;
  let x = number(text, 'x') - whole * share;
  runs.forEach(({ element, words }, index) => {
    context.font = fontOf(element);
    context.globalAlpha = opacity * (element === text ? 1 : number(element, 'opacity', 1)) * number(element, 'fill-opacity', 1);
    context.fillStyle = element.getAttribute('fill') ?? 'black';
    context.fillText(words, x, number(text, 'y'));
    x += widths[index];
  });
}

/** What a canvas calls the font of a text. @param {Element} element */
export function fontOf(element) {
  return `${element.getAttribute('font-style') ?? 'normal'} ${element.getAttribute('font-weight') ?? 400} ${element.getAttribute('font-size') ?? '16px'} ${element.getAttribute('font-family') ?? 'sans-serif'}`;
}
