import { openDialog } from './dialog.js';
import { html } from './dom.js';
import { t } from './language.js';
import { drawThumbnails } from './thumbnail.js';

/** @typedef {import('./lessons.js').Lesson} Lesson */

/** The gallery of all lessons. @param {{lessons: Lesson[], current: string | null, language: string, onChoose: (lesson: Lesson) => void}} options */
export function openGallery({ lessons, current, language, onChoose }) {
  const dialog = openDialog({
    title: t('lessons.title'),
    kind: 'lessons',
    body: (close) => [html('ol', { class: 'gallery' }, ...lessons.map((lesson, index) => html('li', {},
      html('button', {
        type: 'button', class: 'gallery-item', 'data-lesson': lesson.id, 'aria-current': lesson.id === current ? 'true' : null,
        onclick: () => {
          close();
          onChoose(lesson);
        },
      },
      html('span', { class: 'gallery-picture', 'data-picture': lesson.id }),
      html('span', { class: 'gallery-number', 'aria-hidden': 'true' }, String(index + 1)),
      html('span', { class: 'gallery-title' }, lesson.title[language] ?? lesson.id),
      html('span', { class: 'gallery-summary' }, lesson.summary[language] ?? '')))))],
  });
  const leaving = new AbortController();
  dialog.addEventListener('close', () => leaving.abort());
  void drawThumbnails(lessons, (id, picture) => dialog.querySelector(`[data-picture="${id}"]`)?.replaceChildren(picture), leaving.signal);
  const chosen = dialog.querySelector('[aria-current="true"]') ?? dialog.querySelector('.gallery-item');
  if (chosen instanceof HTMLElement) chosen.focus();
}
