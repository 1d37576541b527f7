// The examples that come with the extension, as documents that can be read and not written.

import * as vscode from 'vscode';

const scheme = 'transformer-inspector-example';
const folder = 'examples';

/** Gives the documents of the examples their text. */
export function provideExamples(extensionUri: vscode.Uri): vscode.Disposable {
  const provideTextDocumentContent = async ({ path }: vscode.Uri) =>
    new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, folder, path)));
  return vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent });
}

/** Shows an example in the editor area with its second line selected: a sentence with a word that the first one has, too. */
export async function openExample(name = 'server.txt'): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme, path: `/${name}` }));
  const { start, end } = document.lineAt(Math.min(1, document.lineCount - 1)).range;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, end), preview: false });
}
