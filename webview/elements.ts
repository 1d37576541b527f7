// The elements that the templates use, defined once for the page.

import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { HeadGrid } from './view/frame/headGrid';
import { HeatMap } from './view/map/heatMap';
import { OutputsTable } from './view/outputs/outputsTable';
import { StepsTable } from './view/steps/stepsTable';

customElements.define('ti-head-grid', HeadGrid);
customElements.define('ti-heat-map', HeatMap);
customElements.define('ti-steps', StepsTable);
customElements.define('ti-outputs', OutputsTable);
