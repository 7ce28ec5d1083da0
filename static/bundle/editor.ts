// What the editor takes from CodeMirror. Only named re-exports: whatever is not listed is left out of the bundle.
export {
  Annotation, Compartment, EditorSelection, EditorState, Facet, Prec, RangeSet, RangeSetBuilder, StateEffect, StateField, Text, Transaction,
} from '@codemirror/state';
export {
  Decoration, EditorView, GutterMarker, ViewPlugin, WidgetType, crosshairCursor, drawSelection, dropCursor, gutter, gutters, highlightActiveLine,
  highlightActiveLineGutter, highlightSpecialChars, hoverTooltip, keymap, lineNumbers, placeholder, rectangularSelection, showTooltip, tooltips,
} from '@codemirror/view';
export {
  cursorDocEnd, defaultKeymap, history, historyKeymap, indentLess, indentMore, indentWithTab, insertTab, isolateHistory, redo, toggleComment, undo,
} from '@codemirror/commands';
export {
  HighlightStyle, bracketMatching, codeFolding, ensureSyntaxTree, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting, syntaxTree,
} from '@codemirror/language';
export { python, pythonLanguage } from '@codemirror/lang-python';
export {
  acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completeFromList, completionKeymap, completionStatus, ifNotIn, startCompletion,
} from '@codemirror/autocomplete';
export { diagnosticCount, forEachDiagnostic, lintGutter, lintKeymap, linter, nextDiagnostic, setDiagnostics } from '@codemirror/lint';
export { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
export { tags } from '@lezer/highlight';

export type { Extension, StateEffectType, TransactionSpec } from '@codemirror/state';
export type { Command, DecorationSet, KeyBinding, PluginValue, Tooltip, TooltipView, ViewUpdate } from '@codemirror/view';
export type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
export type { Action, Diagnostic } from '@codemirror/lint';
