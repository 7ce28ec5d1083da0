/** Films as video: by the browser's own encoders, and where it has none by recording a canvas while it plays. */
import { film } from './films.js';

/** Containers for encoded frames, fetched when the first film is made. @type {string} */
const LIBRARY = '../../vendor/film.js';
export const RATE = 30;
const BITS_A_PIXEL = 6;
const CODECS = /** @type {const} */ ({ webm: ['vp9', 'vp8', 'av1'], mp4: ['avc', 'hevc', 'vp9', 'av1'] });

/**
 * @param {import('./exports.js').Subject} subject @param {import('./exports.js').Options} options @param {'webm' | 'mp4'} kind
 * @returns {Promise<Blob>} an Error with a sentence where this browser makes no such film
 */
export async function video(subject, options, kind) {
  if (typeof VideoEncoder === 'undefined') return recorded(subject, options, kind);
  const { BufferTarget, CanvasSource, Mp4OutputFormat, Output, WebMOutputFormat, canEncodeVideo } = await import(LIBRARY);
  const target = new BufferTarget();
  const output = new Output({ format: kind === 'mp4' ? new Mp4OutputFormat({ fastStart: 'in-memory' }) : new WebMOutputFormat(), target });
  /** @type {any} */
  let source = null;
  let time = 0;
  await film(subject, options, {
    rate: RATE,
    async begin(canvas, told) {
      const { width, height } = canvas;
      const bitrate = width * height * BITS_A_PIXEL;
      for (const codec of CODECS[kind]) {
        if (source === null && (await canEncodeVideo(codec, { width, height, bitrate }))) source = new CanvasSource(canvas, { codec, bitrate });
      }
      if (source === null) throw new Error(subject.t('export.film.none', { format: kind }));
      output.addVideoTrack(source, { frameRate: RATE });
      output.setMetadataTags({ ...told, comment: told.description }); // by the names that more players read
      await output.start();
    },
    async take(_canvas, milliseconds) {
      await source?.add(time / 1000, milliseconds / 1000);
      time += milliseconds;
    },
  });
  await output.finalize();
  return new Blob([/** @type {ArrayBuffer} */ (target.buffer)], { type: `video/${kind}` });
}

/**
 * In real time, as `MediaRecorder` wants it.
 * @param {import('./exports.js').Subject} subject @param {import('./exports.js').Options} options @param {'webm' | 'mp4'} kind
 */
async function recorded(subject, options, kind) {
  if (typeof MediaRecorder === 'undefined' || !MediaRecorder.isTypeSupported(`video/${kind}`)) throw new Error(subject.t('export.film.none', { format: kind }));
  /** @type {Blob[]} */
  const parts = [];
  /** @type {MediaRecorder | null} */
  let recorder = null;
  /** When the picture on the canvas has stayed for its time. */
  let due = 0;
  await film(subject, options, {
    rate: RATE,
    begin(canvas) {
      recorder = new MediaRecorder(canvas.captureStream(RATE), { mimeType: `video/${kind}`, videoBitsPerSecond: canvas.width * canvas.height * BITS_A_PIXEL });
      recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
      recorder.start();
    },
    take(_canvas, milliseconds) {
      const now = performance.now();
      due = Math.max(due, now - milliseconds) + milliseconds;
      return new Promise((resolve) => setTimeout(resolve, due - now));
    },
  });
  await new Promise((resolve) => {
    recorder?.addEventListener('stop', resolve);
    recorder?.stop();
  });
  return new Blob(parts, { type: `video/${kind}` });
}
