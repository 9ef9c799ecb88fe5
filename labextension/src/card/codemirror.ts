/**
 * Cells in JupyterLab's own CodeMirror editors, as a diff against the parent's cells.
 *
 * The unified view is an editor from JupyterLab's factory, with the person's own editor settings;
 * the split view is CodeMirror's merge view with JupyterLab's theme and languages.
 */

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, Extension, Text } from '@codemirror/state';
import { Decoration, EditorView, keymap } from '@codemirror/view';
import { CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import { CodeMirrorEditor, EditorLanguageRegistry, jupyterTheme } from '@jupyterlab/codemirror';
import { IDisposable } from '@lumino/disposable';

/** What to draw. */
export interface ICellView {
  host: HTMLElement;
  /** The parent's source; null to draw no diff. */
  original: string | null;
  source: string;
  split: boolean;
  editable: boolean;
  /** The lines a person wrote, from 1 on; marked while nobody edits. */
  editedLines?: readonly number[];
  /** What a screen reader calls the editor. */
  label: string;
  onChange: (source: string) => void;
}

const FOLD = { margin: 3, minSize: 6 };

/** Draws a cell; disposing of the result takes it away. */
export function drawCell(view: ICellView, editors: IEditorServices | null): IDisposable {
  if (view.split && view.original !== null) {
    return drawSplit(view, view.original);
  }
  return editors ? drawUnified(view, editors) : drawPlain(view);
}

function diffExtensions(view: ICellView): Extension[] {
  const shared = [EditorView.contentAttributes.of({ 'aria-label': view.label }), ...marked(view)];
  if (view.original === null || view.original === view.source) {
    return shared;
  }
  return [
    ...shared,
    unifiedMergeView({
      original: view.original,
      mergeControls: false,
      gutter: true,
      ...(view.editable ? {} : { collapseUnchanged: FOLD })
    })
  ];
}

/** The marks on the lines a person wrote; the card's words name the same lines. */
function marked(view: ICellView): Extension[] {
  if (view.editable || !view.editedLines?.length) {
    return [];
  }
  const document = Text.of(view.source.split('\n'));
  const mark = Decoration.line({ class: 'jp-ft-editedLine' });
  const lines = view.editedLines.filter(line => line <= document.lines);
  return [
    EditorView.decorations.of(
      Decoration.set(lines.map(line => mark.range(document.line(line).from)))
    )
  ];
}

function drawUnified(view: ICellView, editors: IEditorServices): IDisposable {
  const model = new CodeEditor.Model({ mimeType: 'text/x-ipython' });
  model.sharedModel.setSource(view.source);
  const editor = editors.factoryService.newInlineEditor({
    host: view.host,
    model,
    config: { readOnly: !view.editable, lineWrap: true, lineNumbers: false }
  });
  (editor as CodeMirrorEditor).injectExtension(diffExtensions(view));
  const onChange = (): void => view.onChange(model.sharedModel.getSource());
  model.sharedModel.changed.connect(onChange);
  return {
    get isDisposed() {
      return editor.isDisposed;
    },
    dispose() {
      model.sharedModel.changed.disconnect(onChange);
      editor.dispose();
      model.dispose();
    }
  };
}

/** An editor of our own, for front ends that lend none. */
function drawPlain(view: ICellView): IDisposable {
  const editor = new EditorView({
    parent: view.host,
    state: EditorState.create({
      doc: view.source,
      extensions: [...ownExtensions(view, view.editable), ...diffExtensions(view)]
    })
  });
  return disposable(() => editor.destroy());
}

function drawSplit(view: ICellView, original: string): IDisposable {
  const merge = new MergeView({
    parent: view.host,
    a: { doc: original, extensions: ownExtensions(view, false) },
    b: {
      doc: view.source,
      extensions: [
        ...ownExtensions(view, view.editable),
        EditorView.contentAttributes.of({ 'aria-label': view.label }),
        ...marked(view)
      ]
    },
    gutter: true,
    ...(view.editable ? {} : { collapseUnchanged: FOLD })
  });
  return disposable(() => merge.destroy());
}

function ownExtensions(view: ICellView, editable: boolean): Extension[] {
  const python = languages().findByName('python')?.support;
  return [
    jupyterTheme,
    EditorView.lineWrapping,
    ...(python ? [python] : []),
    ...(editable
      ? [
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.updateListener.of(update => {
            if (update.docChanged) {
              view.onChange(update.state.doc.toString());
            }
          })
        ]
      : [EditorState.readOnly.of(true)])
  ];
}

/** Makes sure Python can be coloured in the split view. */
export async function loadPython(): Promise<void> {
  await languages().getLanguage('python');
}

let registry: EditorLanguageRegistry | null = null;

function languages(): EditorLanguageRegistry {
  if (!registry) {
    registry = new EditorLanguageRegistry();
    for (const language of EditorLanguageRegistry.getDefaultLanguages()) {
      if (language.name.toLowerCase() === 'python') {
        registry.addLanguage(language);
      }
    }
  }
  return registry;
}

function disposable(end: () => void): IDisposable {
  let done = false;
  return {
    get isDisposed() {
      return done;
    },
    dispose() {
      if (!done) {
        done = true;
        end();
      }
    }
  };
}
