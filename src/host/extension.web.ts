// Entry of the extension in a browser's extension host, where no model can be run yet: every command says so.

import * as vscode from 'vscode';
import { problem } from '../core/problem';

/** Called by VS Code. */
export function activate({ extension, subscriptions }: vscode.ExtensionContext): void {
  const { message, hint } = problem('noWebHost');
  const { commands } = (extension.packageJSON as { contributes: { commands: readonly { readonly command: string }[] } }).contributes;
  const say = () => vscode.window.showInformationMessage(`${message} ${hint}`);
  subscriptions.push(...commands.map(({ command }) => vscode.commands.registerCommand(command, say)));
}
