import { PICTURED } from '../figures.js';
import { film } from '../films.js';

/** The encoder, fetched when the first film is made. @type {string} */
const LIBRARY = '../../../vendor/gif.js';

const RATE = 12;
/** The palette's first place: the pixel stays as it was. */
const CLEAR = 0;
/** The steps, as shares of the film, whose colours it is painted in. */
const SAMPLES = [0.25, 0.5, 0.75, 1];
const COMMENT = [0x21, 0xfe];
const BLOCK = 255;

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'gif',
  kind: 'film',
  label: { en: 'Animation, GIF', 'zh-CN': 'GIF 动画' },
  shows: PICTURED,
  takes: ['show', 'theme', 'language', 'rows', 'range', 'speed', 'width'],
  async make(subject, options) {
    const { GIFEncoder, quantize } = await import(LIBRARY);
    const gif = GIFEncoder();
    /** @type {(pixels: Uint32Array, milliseconds: number) => void} */
    let write = () => undefined;
    let description = '';
    await film(subject, options, {
      rate: RATE,
      async begin(canvas, told, show) {
        description = `${told.title}. ${told.description}`;
        /** @type {number[]} */
        const colours = [];
        for (const [offset, share] of SAMPLES.entries()) {
          await show(share);
          pixelsOf(canvas).forEach((pixel, at) => at % SAMPLES.length === offset && colours.push(pixel));
        }
        write = writer(gif, quantize(new Uint8Array(Uint32Array.from(colours).buffer), 255), canvas);
      },
      take: (canvas, milliseconds) => write(pixelsOf(canvas), milliseconds),
    });
    gif.finish();
    const bytes = gif.bytes();
    return new Blob([bytes.subarray(0, -1), commentOf(description), bytes.subarray(-1)], { type: 'image/gif' });
  },
};

/** Words as a comment, which the GIF89a specification cuts into blocks. @param {string} words */
function commentOf(words) {
  const text = new TextEncoder().encode(words);
  const blocks = Array.from({ length: Math.ceil(text.length / BLOCK) }, (_, at) => text.subarray(at * BLOCK, (at + 1) * BLOCK));
  return new Uint8Array([...COMMENT, ...blocks.flatMap((block) => [block.length, ...block]), 0]);
}

/** @param {HTMLCanvasElement} canvas */
function pixelsOf(canvas) {
  const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')).getImageData(0, 0, canvas.width, canvas.height);
  return new Uint32Array(data.buffer);
}

/**
 * Writes frames in one palette, of each only what changed.
 * @param {any} gif @param {number[][]} colours @param {{width: number, height: number}} size
 */
function writer(gif, colours, { width, height }) {
  const palette = [[0, 0, 0], ...colours];
  /** The place of every colour, of 6 bits a channel, once it was looked for. */
  const places = new Uint8Array(1 << 18);
  /** @type {Uint32Array | null} */
  let before = null;

  /** @param {number} pixel */
  function placeOf(pixel) {
    const [red, green, blue] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
    const key = ((red >> 2) << 12) | ((green >> 2) << 6) | (blue >> 2);
    if (places[key] === 0) {
      let least = Infinity;
      for (let at = 1; at < palette.length; at += 1) {
        const [r, g, b] = palette[at];
        const far = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
        if (far < least) [least, places[key]] = [far, at];
      }
    }
    return places[key];
  }

  return (/** @type {Uint32Array} */ pixels, /** @type {number} */ milliseconds) => {
    const indexes = new Uint8Array(pixels.length);
    for (let at = 0; at < pixels.length; at += 1) indexes[at] = before !== null && before[at] === pixels[at] ? CLEAR : placeOf(pixels[at]);
    gif.writeFrame(indexes, width, height, { palette: before === null ? palette : undefined, delay: milliseconds, transparent: true, transparentIndex: CLEAR, dispose: 1 });
    before = pixels;
  };
}
