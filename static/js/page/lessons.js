/**
 * @typedef {{kind: string, name: string | null, op: string | null, line: number | null, nth: number}} Anchor
 * @typedef {{at: Anchor, en: string, 'zh-CN': string}} Note
 * @typedef {{id: string, order: number, title: Record<string, string>, summary: Record<string, string>, program: string, source: string | null, url: string | null, steps: Note[]}} Lesson
 */

/** @returns {Promise<Lesson[]>} */
export async function loadLessons() {
  const response = await fetch('/api/lessons');
  if (!response.ok) throw new Error(`the lessons answered ${response.status}`);
  return (await response.json()).lessons;
}
