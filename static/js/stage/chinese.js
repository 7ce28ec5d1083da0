/** Whether this machine has a font for Chinese: without one every letter is the same box, as high for one stroke as for many. */
export function writesChinese() {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return true;
  context.font = '32px sans-serif';
  const [low, high] = ['一', '国'].map((letter) => context.measureText(letter)).map((box) => box.actualBoundingBoxAscent + box.actualBoundingBoxDescent);
  return low < high / 2;
}
