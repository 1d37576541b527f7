// The README as it stands in the package. VS Code's page of an extension shows pictures from the web or from the page itself, and follows links
// to the web only: pictures are put into the page, and a link to a file becomes its text.

import { readFileSync } from 'node:fs';
import path from 'node:path';

const isRelative = (/** @type {string} */ target) => !/^([a-z]+:|#)/i.test(target);

/**
 * @param {string} text Markdown
 * @param {string} folder that relative targets count from
 * @throws an Error where a picture is missing or is no PNG
 */
export function packagedReadme(text, folder) {
  return text.replace(/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, isPicture, words, target) => {
    if (!isRelative(target)) return whole;
    if (!isPicture) return words;
    if (path.extname(target) !== '.png') throw new Error(`README.md: ${target} is no PNG.`);
    return `![${words}](data:image/png;base64,${readFileSync(path.join(folder, target)).toString('base64')})`;
  });
}
