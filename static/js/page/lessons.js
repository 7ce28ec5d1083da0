/**
 * @typedef {{kind: import('../state/types.js').Event['kind'], name: string | null, op: string | null, line: number | null, nth: number}} Anchor
 * @typedef {{at: Anchor, en: string, 'zh-CN': string}} Note
 * @typedef {{id: string, order: number, title: Record<string, string>, summary: Record<string, string>, program: string, source: string | null, url: string | null, steps: Note[],
 *   pytorch: import('../state/witness.js').Recorded | null}} Lesson  `pytorch` is what PyTorch itself made of the program
 */

/** @returns {Promise<Lesson[]>} */
export async function loadLessons() {
  const response = await fetch('/api/lessons');
  if (!response.ok) throw new Error(`the lessons answered ${response.status}`);
  return (await response.json()).lessons;
}

const LEAST_LEFT = 1 / 3;

/** The lesson that a text still is: one whose program it is, else the present one while a good part of its program is left. @param {string} source @param {{lesson: Lesson | null, lessons: Lesson[]}} page */
export function lessonOf(source, { lesson, lessons }) {
  const lines = (/** @type {string} */ text) => text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('import '));
  const whole = lessons.find(({ program }) => program.trim() === source.trim());
  if (whole || !lesson) return whole ?? null;
  const [own, left] = [lines(lesson.program), new Set(lines(source))];
  return own.filter((line) => left.has(line)).length >= LEAST_LEFT * own.length ? lesson : null;
}
