// A canvas in device pixels: sets its size only when it changes (setting it clears it), and draws at most once per animation frame.

/** Gives the canvas `width` × `height` device pixels, shown at that size divided by `pixelRatio`. */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number, pixelRatio: number): CanvasRenderingContext2D | null {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.width = `${width / pixelRatio}px`;
  canvas.style.height = `${height / pixelRatio}px`;
  return canvas.getContext('2d');
}

/** A function that runs `draw` in the next frame, however often it is called before. */
export function oncePerFrame(draw: () => void): () => void {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      draw();
    });
  };
}
