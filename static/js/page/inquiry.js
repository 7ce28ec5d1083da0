import { breakage, isBroken } from '../state/overwriting.js';
import { causeBefore, nextStepOf, writerOf } from '../state/causes.js';

/**
 * What a person asks of a run beyond watching it.
 * @param {import('./comparing.js').Parts} parts
 */
export function createInquiry(parts) {
  const { page, seek, editor } = parts;
  /** @type {ReturnType<typeof import('./comparing.js').createComparison> | null} */
  let comparison = null;
  let queue = false;
  let marked = false;

  /** Another run is kept, or none any more. */
  async function compare() {
    const { kept } = page.value;
    const { createComparison } = await import('./comparing.js');
    comparison?.close();
    comparison = kept ? createComparison(kept, parts) : null;
    document.documentElement.toggleAttribute('data-comparing', kept !== null);
    if (kept || page.value.tab === 'differences') page.set({ tab: kept ? 'differences' : 'inspector' });
    await comparison?.open;
  }
  page.subscribe((value, changed) => {
    if (changed.has('kept')) void compare();
    if (changed.has('trace') && !marked && value.lesson?.pytorch) {
      marked = true;
      void import('./same-mark.js').then(({ createSameMark }) => createSameMark(parts));
    }
    if (changed.has('ran')) document.documentElement.toggleAttribute('data-broken', isBroken(value.ran));
  });

  /** The tensor that is meant, which the inspector is about: the pinned one, the selected one, else that of the step: of a step about a `.grad` the one that keeps it, with its ledger. @returns {number | null} */
  function subject() {
    const { pinned, selected, trace, cursor } = page.value;
    if (pinned !== null) return pinned;
    if (selected !== null) return selected;
    for (let at = trace.stepAt(cursor); at > 0; at -= 1) {
      const { tensor } = trace.steps[at];
      if (tensor !== null) return trace.peek(cursor, (state) => state.tensors.get(tensor)?.grad_of ?? tensor);
    }
    return null;
  }

  return {
    subject,

    /** Keeps this run, so that what the program becomes is compared with it; or ends that. */
    toggleCompare() {
      const { kept, trace, ran } = page.value;
      page.set({ kept: kept ? null : { trace, source: ran } });
    },
    nextDifference: () => comparison?.next(),

    /** Shows the engine's queue while a backward call runs, or no more. */
    async toggleQueue() {
      const { createQueue } = await import('./queue.js');
      if (!queue) createQueue(parts);
      queue = true;
      page.set({ queued: !page.value.queued });
    },

    /** Holds an author's drawing against the run. */
    async openLint() {
      const { openLint } = await import('./lint-dialog.js');
      openLint(parts);
    },

    /** Lets the engine overwrite where it must add, by a comment in the program; or takes that back. */
    breakEngine: () => editor.edit([breakage(page.value.source)], { alone: true }),
    engineIsBroken: () => isBroken(page.value.source),

    /** On to the next step at which the tensor has a part; from the last one to the first. */
    async runToNode() {
      const [tensor, { trace, cursor }] = [subject(), page.value];
      const index = tensor === null ? null : nextStepOf(trace, tensor, trace.stepAt(cursor));
      if (tensor === null || index === null) return;
      page.set({ selected: tensor });
      await seek(trace.steps[index].to);
    },

    /** Back to the event that wrote the tensor's gradient, else its value; asked again there, to what led to that. */
    async askWhy() {
      const [id, { trace, cursor }] = [subject(), page.value];
      const seq = id === null ? null : trace.peek(cursor, ({ tensors }) => {
        const tensor = tensors.get(id);
        if (!tensor) return null;
        let cause = causeBefore(tensor, cursor);
        while (cause !== null && trace.stepAt(cause) === trace.stepAt(cursor)) cause = causeBefore(tensor, cause);
        return cause ?? writerOf(tensor, tensor.grad ? 'grad' : tensor.flow ? 'flow' : 'value');
      });
      if (id === null || seq === null) return;
      page.set({ selected: id });
      await seek(seq);
    },
  };
}
