// Containers for what the browser's own encoders make.
export { BufferTarget, CanvasSource, Mp4OutputFormat, Output, WebMOutputFormat, canEncodeVideo } from 'mediabunny';
export type { VideoCodec } from 'mediabunny';
