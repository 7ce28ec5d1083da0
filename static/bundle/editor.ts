// What the editor takes from CodeMirror. Only named re-exports: whatever is not listed is left out of the bundle.
export { Compartment, EditorState, Prec, RangeSet, StateEffect, StateField, Text, Transaction } from '@codemirror/state';
export { Decoration, EditorView, GutterMarker, drawSelection, gutter, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
export { defaultKeymap, history, historyKeymap, indentWithTab, toggleComment } from '@codemirror/commands';
export { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
export { python } from '@codemirror/lang-python';
export { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from '@codemirror/autocomplete';
export { setDiagnostics } from '@codemirror/lint';
export { tags } from '@lezer/highlight';

export type { StateEffectType } from '@codemirror/state';
export type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
export type { Diagnostic } from '@codemirror/lint';
