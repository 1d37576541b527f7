import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { flat } from '../support/flatState';
import { activated, contributedCommands, inspect, panelsOpen, server, showText } from './inspector';

describe('Inspect Attention of Selection', () => {
  it('has its commands once active', async () => {
    await activated();
    const commands = await vscode.commands.getCommands(true);
    for (const { command } of contributedCommands()) assert.ok(commands.includes(command), command);
  });

  it('shows the run of the selected words beside the editor and leaves the focus there', async () => {
    const editor = await showText(server, 8, 28);
    const { run, selection, view, problem } = await inspect();
    assert.equal(problem, null);
    assert.equal(run?.text, 'can I have the check');
    assert.equal(selection?.start, 8);
    for (const token of run.tokens.source ?? []) {
      if (!token.isSpecial) assert.ok(run.text.slice(token.start, token.end).length > 0, token.text);
    }
    assert.ok(run.sites.length > 0 && view);
    assert.notEqual(run.badge.state, 'failed');
    await panelsOpen(1);
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
  });

  it('takes the sentence at the caret where nothing is selected, in the same panel', async () => {
    await showText(server, server.indexOf('crashed') + 2);
    const { run, view, problem } = await inspect();
    assert.equal(problem, null);
    assert.equal(run?.text, 'Looks like I just crashed the server');
    assert.equal(view?.focus, run.firstSight.focus);
    assert.equal(run.firstSight.focusWord.toLowerCase(), 'crashed');
    await panelsOpen(1);
  });

  it('keeps the picture when only white space is selected, and says why', async () => {
    await showText('   \n  words', 0, 4);
    const before = flat((await activated()).state()).run;
    const { run, problem } = await inspect();
    assert.ok(before);
    assert.equal(run?.runId, before.runId);
    assert.equal(problem?.code, 'textEmpty');
  });

  it('uses the first part of a text that is too long, and says how much', async () => {
    const words = 'the server crashed and I have the check '.repeat(400);
    await showText(words, 0, words.length);
    const { run, problem } = await inspect();
    assert.equal(problem, null);
    assert.ok(run?.truncated, 'nothing was left out');
    assert.ok(run.truncated.usedTokens < run.truncated.allTokens);
    assert.equal(run.text, words);
  });

  it('works with the last editor while the panel has the focus', async () => {
    await showText(server, 0, 6);
    await vscode.commands.executeCommand('workbench.action.focusNextGroup');
    const { run } = await inspect();
    assert.equal(run?.text, 'Server');
  });

  it('says what to do without an editor', async () => {
    const before = flat((await activated()).state());
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('transformerInspector.inspectSelection');
    assert.equal(flat((await activated()).state()).run?.runId, before.run?.runId);
    await panelsOpen(0);
  });
});
