// How an op is written where there is little room: one table for badges, chips, expressions and sentences.

/** By the names of the engine's table; an op that is not here keeps its name. @type {Map<string, string>} */
const SYMBOLS = new Map([
  ['add', '+'], ['sub', '−'], ['rsub', '−'], ['mul', '×'], ['div', '÷'], ['true_divide', '÷'], ['pow', '^'],
  ['mm', '@'], ['mv', '@'], ['bmm', '@'], ['matmul', '@'], ['dot', '·'], ['addmm', '@+'], ['addmv', '@+'], ['baddbmm', '@+'], ['linear', '@+'],
  ['eq', '='], ['ne', '≠'], ['lt', '<'], ['le', '≤'], ['gt', '>'], ['ge', '≥'],
  ['logical_and', '∧'], ['logical_or', '∨'], ['logical_not', '¬'], ['isnan', 'nan?'],
  ['neg', '−x'], ['abs', '|x|'], ['square', 'x²'], ['sqrt', '√x'], ['rsqrt', '1/√x'], ['reciprocal', '1/x'], ['floor', '⌊x⌋'], ['ceil', '⌈x⌉'],
  ['maximum', 'max'], ['minimum', 'min'], ['amax', 'max'], ['amin', 'min'],
  ['sum', 'Σ'], ['prod', 'Π'], ['prod_but_one', 'Π'], ['cumsum', 'Σ…'], ['untile', 'Σ'], ['norm', '‖x‖'], ['logsumexp', 'logΣexp'],
  ['sigmoid', 'σ'], ['log_softmax', 'logsmax'], ['leaky_relu', 'LReLU'], ['relu', 'ReLU'], ['gelu', 'GELU'], ['silu', 'SiLU'], ['elu', 'ELU'], ['selu', 'SELU'], ['relu6', 'ReLU6'], ['log_sigmoid', 'log σ'], ['threshold_backward', 'gate'],
  ['clamp_min', 'clamp'], ['pow_whole', '^'], ['elu_backward', 'ELU′'], ['gate_backward', 'gate'], ['hardshrink_backward', 'shrink′'], ['softshrink_backward', 'shrink′'], ['hardsigmoid_backward', 'hard σ′'], ['round_decimals', 'round'], ['rsub_scaled', '−'], ['rsub_scaled_number', '−'], ['masked_fill', 'fill'],
  ['t', 'xᵀ'], ['transpose', 'xᵀ'], ['unsafe_view', 'view'], ['unsqueeze', 'unsqz'], ['to_copy', 'cast'], ['copy_into', 'copy'], ['copy_slices', 'copy'], ['as_strided', 'view'],
  ['getitem', '[ ]'], ['select', '[i]'], ['slice', '[:]'], ['index', '[…]'], ['index_select', '[…]'],
  ['index_add', '[…]+'], ['put', '[…]='], ['index_put', '[…]='], ['scatter_add', 'scatter+'], ['scatter_chosen', 'scatter'], ['contiguous', 'clone'], ['embedding', 'embed'], ['split_with_sizes', 'split'],
  ['erfinv', 'erf⁻¹'], ['lgamma', 'logΓ'], ['digamma', 'ψ'], ['polygamma', 'ψⁿ'], ['deg2rad', '°→rad'], ['rad2deg', 'rad→°'], ['sgn', 'sign'], ['signbit', '±?'],
  ['logaddexp2', 'logadd2'], ['fmax', 'max'], ['fmin', 'min'], ['heaviside', 'step'], ['xlogy', 'x·log y'], ['ldexp', 'x·2ʸ'],
  ['logical_xor', '⊻'], ['bitwise_and', '∧'], ['bitwise_or', '∨'], ['bitwise_xor', '⊻'], ['bitwise_not', '¬'], ['bitwise_left_shift', '≪'], ['bitwise_right_shift', '≫'],
  ['scatter_added', 'scatter+'], ['scatter_value', 'scatter'], ['scatter_folded', 'scatter'], ['index_added', '[…]+'], ['index_copy', '[…]='], ['index_fill', '[…]='], ['masked_select', '[mask]'],
  ['masked_put', '[mask]='], ['masked_scatter', '[mask]='], ['masked_taken', '[mask]'], ['take', '[…]'], ['put_flat', '[…]='],
  ['constant_pad_nd', 'pad'], ['reflection_pad1d', 'pad'], ['reflection_pad2d', 'pad'], ['reflection_pad3d', 'pad'], ['replication_pad1d', 'pad'], ['replication_pad2d', 'pad'], ['replication_pad3d', 'pad'],
  ['reflect_pad', 'pad'], ['replicate_pad', 'pad'], ['diagonal', 'diag'], ['diagonal_copy', 'diag'], ['diag_embed', 'diag'], ['fill_diagonal', 'diag='], ['cumprod', 'Π…'],
  ['smooth_l1_loss', 'L1~'], ['huber_loss', 'Huber'], ['soft_margin_loss', 'margin'], ['norm_along', '‖x‖'], ['reshape_alias', 'view'],
  ['count_nonzero', '#≠0'], ['isneginf', '−∞?'], ['isposinf', '+∞?'], ['isreal', 'real?'], ['isclose', '≈'], ['glu', 'GLU'], ['trace', 'tr'], ['refolded', 'unfold′'], ['nansum', 'Σ'],
  ['floor_divide', '⌊÷⌋'], ['div_mode', '⌊÷⌋'], ['remainder', 'mod'], ['remainder_base', 'mod'], ['fmod', 'mod'],
  ['clamp_max', 'clamp'], ['nan_to_num', 'nan→0'],
  ['logcumsumexp', '…logΣexp'], ['aminmax', 'min max'], ['kthvalue', 'k-th'],
  ['scatter_reduce', 'fold'], ['addr', '⊗+'], ['addbmm', 'Σ@+'], ['linalg_cross', '×⃗'], ['vdot', '·'], ['block_diag', 'blocks'],
  ['linalg_inv', 'x⁻¹'], ['linalg_det', 'det'], ['linalg_slogdet', 'slogdet'], ['linalg_solve', 'A⁻¹B'], ['linalg_solve_triangular', 'A⁻¹B'], ['linalg_lstsq', 'A⁺B'], ['euclidean_dist', 'cdist'],
  ['safe_softmax', 'softmax'], ['scaled_dot_product_attention', 'attend'], ['scaled_dot_product_attention_backward', 'attend′'], ['linalg_cholesky', 'chol'], ['linalg_pinv', 'x⁺'], ['linalg_eigh', 'eigh'],
  ['linalg_svd', 'svd'], ['linalg_qr', 'qr'], ['squeeze_all', 'squeeze'], ['strided', 'view'], ['taken_strided', 'view'], ['index_put_added', '[…]+'],
  ['hardsigmoid', 'hard σ'], ['hardswish', 'hswish'], ['celu', 'CELU'], ['threshold', 'gate'], ['hardshrink', 'shrink'], ['softshrink', 'shrink'],
  ['uniform', '~U'], ['normal_fill', '~N'], ['normal_mean', '~N'], ['normal_std', '~N'], ['normal_both', '~N'], ['log_normal', '~log N'],
  ['bernoulli', '~B'], ['bernoulli_fill', '~B'], ['bernoulli_of', '~B'], ['exponential', '~Exp'], ['cauchy', '~Cauchy'], ['geometric', '~Geo'],
  ['poisson', '~Poisson'], ['random', '~int'], ['random_below', '~int'], ['random_between', '~int'],
  ['convolution', '∗'], ['conv_transpose', '∗ᵀ'], ['convolution_backward_input', '∗′'], ['convolution_backward_weight', '∗′'], ['channel_sum', 'Σ'], ['channel_spread', 'expand'], ['im2col', 'unfold'], ['col2im', 'fold'],
  ['native_layer_norm', 'layernorm'], ['native_batch_norm', 'batchnorm'], ['native_batch_norm_running', 'batchnorm'], ['native_group_norm', 'groupnorm'], ['pixel_shuffle', 'shuffle'], ['pixel_unshuffle', 'shuffle'], ['prelu_kernel', 'prelu'], ['prelu_backward', 'gate'], ['max_pool2d_with_indices', 'max pool'], ['max_pool2d_with_indices_backward', 'max pool′'], ['avg_pool2d', 'avg pool'], ['avg_pool2d_backward', 'avg pool′'], ['adaptive_avg_pool2d', 'avg pool'], ['adaptive_avg_pool2d_backward', 'avg pool′'],
  ['adaptive_avg_pool3d', 'avg pool'], ['adaptive_avg_pool3d_backward', 'avg pool′'], ['conv_backward', '∗′'], ['unconv_backward', '∗′'], ['layer_norm_backward', 'norm′'], ['batch_norm_backward', 'norm′'],
  ['adaptive_max_pool2d', 'max pool'], ['unsafe_split', 'split'], ['sort_stable', 'sort'], ['rrelu_mean', 'RReLU'], ['rrelu_with_noise', 'RReLU'], ['nll_loss2d', 'NLL'], ['nll_backward2d', 'NLL′'],
  ['upsample_linear1d', 'upsample'], ['upsample_bilinear2d', 'upsample'], ['upsample_trilinear3d', 'upsample'], ['upsample_bicubic2d', 'upsample'], ['upsample_nearest1d', 'upsample'], ['upsample_nearest2d', 'upsample'], ['upsample_nearest3d', 'upsample'], ['upsample_nearest_exact1d', 'upsample'], ['upsample_nearest_exact2d', 'upsample'], ['upsample_nearest_exact3d', 'upsample'],
  ['mse_loss', 'MSE'], ['nll_loss', 'NLL'], ['nll_backward', 'NLL′'], ['binary_cross_entropy', 'BCE'], ['binary_cross_entropy_with_logits', 'BCE'], ['binary_cross_entropy_weighed', 'BCE'], ['binary_cross_entropy_with_logits_weighed', 'BCE'], ['binary_cross_entropy_backward', 'BCE′'], ['glu_backward', 'GLU′'], ['var_mean', 'var,mean'], ['squeeze_dims', 'squeeze'], ['std_mean', 'std,mean'], ['cross_entropy', 'CE'], ['l1_loss', 'L1'],
]);
const INFIX = new Set(['add', 'sub', 'rsub', 'mul', 'div', 'true_divide', 'mm', 'mv', 'bmm', 'matmul', 'pow']);
const VARIANT = /(?<=[a-z])_(?:number|tensor|base|scaled|dim|(?:dim_)?as)$|(?<=^gelu)_tanh$/;
const LONGEST = 9;
const BACKWARD = /_backward$/;

/**
 * The name a person calls an op by: the table tells apart `pow` and `pow_base`, a program does not.
 * @param {string} op
 */
export function opName(op) {
  return op.replace(VARIANT, '');
}

/**
 * An op in at most nine letters, never empty: ×, Σ, tanh, MSE; with a prime where it is the derivative of another.
 * @param {string} op
 * @returns {string}
 */
export function opSymbol(op) {
  const name = opName(op.replace(/_$/, ''));
  const known = SYMBOLS.get(op) ?? SYMBOLS.get(name);
  if (known) return known;
  if (BACKWARD.test(op)) return `${opSymbol(op.replace(BACKWARD, ''))}′`;
  const letters = [...(name || op || '?')];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join('')}…` : letters.join('');
}

/** The sign that stands between the operands, for the ops that are written so. @param {string} op @returns {string | undefined} */
export function infixSign(op) {
  const name = opName(op);
  return INFIX.has(name) ? SYMBOLS.get(name) : undefined;
}

/** A whole number raised: ² ; undefined for anything else. @param {string} text */
export function superscript(text) {
  if (!/^[−]?\d+$/.test(text)) return undefined;
  return [...text].map((digit) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['−0123456789'.indexOf(digit)]).join('');
}
