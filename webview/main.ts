// Entry of the panel's page.

import './elements';
import { Page } from './page';
import { views } from './view/views';

new Page(views);
