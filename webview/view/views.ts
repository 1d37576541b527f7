// The views of a head, in the order of their tabs. A new view is one file and one line here.

import type { ViewList } from './context';
import { mapView } from './map/mapView';
import { outputsView } from './outputs/outputsView';
import { stepsView } from './steps/stepsView';

export const views: ViewList = [mapView, stepsView, outputsView];
