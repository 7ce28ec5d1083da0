// The GIF encoder: colours chosen once, frames written in turn.
export { GIFEncoder, applyPalette, quantize } from 'gifenc';
