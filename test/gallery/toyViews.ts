// The panel's page with more views: one that shows numbers of its own, one that no model can give; or, for pictures of the frame, all nine that are
// planned. For the tests of tabs and frame.

import { html } from 'lit';
import { headQuestion, questionName } from '../../src/core/question';
import { floatsOf } from '../../src/core/tensorPack';
import type { GroupId } from '../../src/present/frame/viewGroups';
import '../../webview/elements';
import { Page } from '../../webview/page';
import { type ViewKind, viewKind } from '../../webview/view/context';
import { views } from '../../webview/view/views';

const questionOf: ViewKind['needs'] = ({ subjects: [{ run }], view }) => (run && view ? [headQuestion(run, view.site, 'pattern', null)] : []);

const toy = { group: 'attention', keys: [], readout: () => undefined } as const;

const sum = viewKind<string>({
  ...toy,
  id: 'sum',
  label: 'Sum',
  refusal: () => undefined,
  needs: questionOf,
  model: ({ state, answers }) => {
    const [question] = questionOf(state);
    const answer = question && answers.get(questionName(question));
    const values = answer?.state === 'ready' ? floatsOf(answer.pack, 'values') : undefined;
    return values ? values.reduce((total, value) => total + value, 0).toFixed(3) : '…';
  },
  draw: (_, model) => html`<p class="toy-sum">${model}</p>`,
});

const absent = viewKind<null>({
  ...toy,
  id: 'absent',
  label: 'Never',
  refusal: () => 'This model has no such numbers.',
  needs: () => [],
  model: () => null,
  draw: () => html``,
});

const planned = (group: GroupId, label: string) =>
  viewKind<null>({
    ...toy,
    group,
    id: label.toLowerCase(),
    label,
    refusal: () => undefined,
    needs: () => [],
    model: () => null,
    draw: () => html`<p>${label}</p>`,
  });

const nine = [
  planned('in', 'Input'),
  planned('in', 'Positions'),
  views[0],
  planned('attention', 'Lines'),
  ...views.slice(1),
  planned('out', 'Block'),
  planned('out', 'Output'),
  planned('compare', 'Compare'),
] as const;

new Page(new URLSearchParams(location.search).get('views') === 'nine' ? [nine[0], ...nine.slice(1)] : [...views, sum, absent]);
