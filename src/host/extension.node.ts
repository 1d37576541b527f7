// Entry of the extension in the Node extension host.

import * as vscode from 'vscode';
import { activateOn, type ExtensionApi } from './activate';
import { nodePlatform } from './platform/platform.node';

/** Called by VS Code; what it returns is for the extension's own tests. */
export function activate(context: vscode.ExtensionContext): Promise<ExtensionApi> {
  const hasOwnDialog = vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web;
  return activateOn(context, (onError) => nodePlatform({ extensionPath: context.extensionPath, onError, hasOwnDialog }));
}
