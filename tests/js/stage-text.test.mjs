import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fitted } from '../../static/js/stage/text.js';

/** Every letter as wide as one. @param {string} text */
const measure = (text) => [...text].length;

test('a text is cut at its end, a path at its front, where its parts begin', () => {
  for (const [text, width, expected] of /** @type {[string, number, string][]} */ ([
    ['weight', 6, 'weight'],
    ['net.0.weight', 12, 'net.0.weight'],
    ['net.parametrizations.weight.original0', 20, '…weight.original0'],
    ['net.parametrizations.weight.original1', 16, 'weigh….original1'],
    ['net.parametrizations.weight.original1', 12, '…original1'],
    ['model.first_projection_layer.weight', 24, 'first_….weight'],
    ['model.first_projection_layer.weight', 12, 'firs….weight'],
    ['model.projection_layer_2.weight', 14, '…ayer_2.weight'],
    ['编码器.层.0.权重', 6, '…0.权重'],
    ['net.a_name_longer_than_any', 10, 'net.a_nam…'],
    ['NativeLayerNormBackward0', 10, 'NativeLay…'],
    ['0.12345678', 5, '0.12…'],
    ['(a + b).sum', 8, '(a + b)…'],
  ])) assert.equal(fitted(text, width, measure, 'title'), expected);
});
