"""What PyTorch's functions accept: their signatures, one a line under the names that share them.

A name that PyTorch tells otherwise in its messages is followed by `=` and that name. `?` lets None stand for the value; `ints[2]` takes one number
for both; `factory` stands for what all makers of tensors take; a signature after `!` is an old one, accepted and not shown; `none` takes nothing, and of
what is `python` Python itself reads the arguments.
"""

FUNCTIONS = """
abs absolute acos acosh arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh bitwise_not ceil cos cosh deg2rad digamma erf erfc erfinv
exp exp2 expm1 fix floor frac inverse isneginf isposinf lgamma log log10 log1p log2 logical_not msort neg negative
nn.functional.logsigmoid=log_sigmoid rad2deg reciprocal rsqrt sgn sigmoid sign signbit sin sinc sinh special.digamma=special_digamma
special.erf=special_erf special.erfc=special_erfc special.erfinv=special_erfinv special.exp2=special_exp2 special.expit=special_expit
special.expm1=special_expm1 special.gammaln=special_gammaln special.log1p=special_log1p special.psi=special_psi special.sinc=special_sinc sqrt square
tan tanh trunc
    Tensor input, *, Tensor out=None
abs_ acos_ acosh_ argwhere asin_ asinh_ atan_ atanh_ ceil_ corrcoef cos_ cosh_ deg2rad_ det erf_ erfc_ exp2_ exp_ expm1_ fliplr flipud floor_ frac_
is_complex is_floating_point is_nonzero isfinite isinf isnan isreal log10_ log1p_ log2_ log_ logdet neg_ nn.functional.relu_ nn.functional.selu_ numel
adjoint positive rad2deg_ ravel reciprocal_ relu relu_ rsqrt_ selu selu_ sigmoid_ sin_ sinc_ sinh_ sqrt_ square_ t tan_ tanh_ trace trunc_
    Tensor input
arctan2 atan2 fmax fmin gcd hypot inner kron lcm ldexp linalg.matmul=linalg_matmul logaddexp logaddexp2 logical_and logical_or logical_xor matmul
maximum minimum mul vdot
    Tensor input, Tensor other, *, Tensor out=None
copysign eq fmod ge greater greater_equal gt le less less_equal lt ne not_equal
    Tensor input, Tensor other, *, Tensor out=None
    Tensor input, Number other, *, Tensor out=None
bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor remainder
    Tensor input, Tensor other, *, Tensor out=None
    Number self, Tensor other
    Tensor input, Number other, *, Tensor out=None
column_stack dstack hstack linalg.multi_dot=linalg_multi_dot row_stack vstack
    Tensors tensors, *, Tensor out=None
alpha_dropout dropout dropout_ feature_alpha_dropout feature_dropout
    Tensor input, float p, bool train
cat concat concatenate stack
    Tensors tensors, int dim=0, *, Tensor out=None
celu celu_ nn.functional.celu_
    Tensor input, Number alpha=1.0
diag tril triu
    Tensor input, int diagonal=0, *, Tensor out=None
empty_like ones_like zeros_like
    Tensor input, *, MemoryFormat? memory_format=None, factory
flip permute tile
    Tensor input, ints dims
floor_divide multiply true_divide
    Tensor input, Tensor other, *, Tensor out=None
    Tensor input, Number other
hardshrink nn.functional.hardshrink nn.functional.softshrink
    Tensor input, Number lambd=0.5, *, Tensor out=None
adaptive_avg_pool1d nn.functional.adaptive_avg_pool1d
    Tensor input, ints[1] output_size
add sub
    !Tensor input, Number alpha, Tensor other, *, Tensor out=None
    Tensor input, Tensor other, *, Number alpha=1, Tensor out=None
addcdiv addcmul
    !Tensor input, Number value, Tensor tensor1, Tensor tensor2, *, Tensor out=None
    Tensor input, Tensor tensor1, Tensor tensor2, *, Number value=1, Tensor out=None
all any
    Tensor input, *, Tensor out=None
    Tensor input, ints? dim=None, bool keepdim=False, *, Tensor out=None
    Tensor input, int dim, bool keepdim=False, *, Tensor out=None
allclose isclose
    Tensor input, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False
amax amin
    Tensor input, ints[1] dim=None, bool keepdim=False, *, Tensor out=None
argmax argmin
    Tensor input, int? dim=None, bool keepdim=False, *, Tensor out=None
avg_pool1d nn.functional.avg_pool1d
    Tensor input, ints[1] kernel_size, ints[1] stride=None, ints[1] padding=0, bool ceil_mode=False, bool count_include_pad=True
bmm mm
    Tensor input, Tensor mat2, *, Tensor out=None
    Tensor input, Tensor mat2, dtype out_dtype, *, Tensor out=None
clamp clip
    Tensor input, Tensor? min=None, Tensor? max=None, *, Tensor out=None
    Tensor input, Number? min=None, Number? max=None, *, Tensor out=None
conv1d nn.functional.conv1d
    Tensor input, Tensor weight, Tensor? bias=None, ints[1] stride=1, ints[1] padding=0, ints[1] dilation=1, int groups=1
    Tensor input, Tensor weight, Tensor? bias=None, ints[1] stride=1, str padding="valid", ints[1] dilation=1, int groups=1
conv2d nn.functional.conv2d
    Tensor input, Tensor weight, Tensor? bias=None, ints[2] stride=1, ints[2] padding=0, ints[2] dilation=1, int groups=1
    Tensor input, Tensor weight, Tensor? bias=None, ints[2] stride=1, str padding="valid", ints[2] dilation=1, int groups=1
conv3d nn.functional.conv3d
    Tensor input, Tensor weight, Tensor? bias=None, ints[3] stride=1, ints[3] padding=0, ints[3] dilation=1, int groups=1
    Tensor input, Tensor weight, Tensor? bias=None, ints[3] stride=1, str padding="valid", ints[3] dilation=1, int groups=1
conv_transpose3d nn.functional.conv_transpose3d
    Tensor input, Tensor weight, Tensor? bias=None, ints[3] stride=1, ints[3] padding=0, ints[3] output_padding=0, int groups=1, ints[3] dilation=1
max_pool3d
    Tensor input, ints[3] kernel_size, ints[3] stride=None, ints[3] padding=0, ints[3] dilation=1, bool ceil_mode=False
nn.functional.avg_pool3d
    Tensor input, ints[3] kernel_size, ints[3] stride=None, ints[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None, *, Tensor out=None
conv_transpose1d nn.functional.conv_transpose1d
    Tensor input, Tensor weight, Tensor? bias=None, ints[1] stride=1, ints[1] padding=0, ints[1] output_padding=0, int groups=1, ints[1] dilation=1
conv_transpose2d nn.functional.conv_transpose2d
    Tensor input, Tensor weight, Tensor? bias=None, ints[2] stride=1, ints[2] padding=0, ints[2] output_padding=0, int groups=1, ints[2] dilation=1
cosine_similarity nn.functional.cosine_similarity
    Tensor x1, Tensor x2, int dim=1, float eps=1e-08
cummax cummin
    Tensor input, int dim, *, Tensors[2] out=None
cumprod cumsum
    Tensor input, int dim, *, dtype? dtype=None, Tensor out=None
cumulative_trapezoid trapezoid
    Tensor y, Tensor x, *, int dim=-1
    Tensor y, *, Number dx=1, int dim=-1
float_power pow
    Tensor input, Tensor exponent, *, Tensor out=None
    Number self, Tensor exponent, *, Tensor out=None
    Tensor input, Number exponent, *, Tensor out=None
hsplit vsplit
    Tensor input, int sections
    Tensor input, ints indices
linalg.det=linalg_det linalg.inv=linalg_inv
    Tensor A, *, Tensor out=None
linalg.matrix_power=linalg_matrix_power matrix_power
    Tensor input, int n, *, Tensor out=None
log_softmax softmax
    Tensor input, int dim, dtype? dtype=None, *, Tensor out=None
logit special.logit=special_logit
    Tensor input, float? eps=None, *, Tensor out=None
logsumexp special.logsumexp=special_logsumexp
    Tensor input, ints[1] dim, bool keepdim=False, *, Tensor out=None
max min
    Tensor input, *, Tensor out=None
    Tensor input, Tensor other, *, Tensor out=None
    Tensor input, int dim, bool keepdim=False, *, Tensors[2] out=None
median nanmedian
    Tensor input
    Tensor input, int dim, bool keepdim=False, *, Tensors[2] out=None
moveaxis movedim
    Tensor input, int source, int destination
    Tensor input, ints source, ints destination
nanmean nansum
    Tensor input, ints[1]? dim=None, bool keepdim=False, *, dtype? dtype=None, Tensor out=None
nanquantile quantile
    Tensor input, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation="linear", Tensor out=None
    Tensor input, float q, int? dim=None, bool keepdim=False, *, str interpolation="linear", Tensor out=None
nn.functional.pairwise_distance pairwise_distance
    Tensor x1, Tensor x2, float p=2, float eps=1e-06, bool keepdim=False
nn.functional.pixel_shuffle pixel_shuffle
    Tensor input, int upscale_factor
channel_shuffle nn.functional.channel_shuffle=channel_shuffle
    Tensor input, int groups
nn.functional.pixel_unshuffle pixel_unshuffle
    Tensor input, int downscale_factor
nn.functional.prelu prelu
    Tensor input, Tensor weight
nn.functional.threshold_ threshold_
    Tensor input, Number threshold, Number value
ones zeros
    ints size, *, Tensor out=None, factory
polygamma special.polygamma=special_polygamma
    int n, Tensor input, *, Tensor out=None
rand randn
    ints size, *, Generator? generator, Tensor out=None, factory
    ints size, *, Tensor out=None, factory
rand_like randn_like
    Tensor input, *, Generator? generator, MemoryFormat? memory_format=None, factory
    Tensor input, *, MemoryFormat? memory_format=None, factory
special.xlogy=special_xlogy xlogy
    Tensor input, Tensor other, *, Tensor out=None
    Number self, Tensor other, *, Tensor out=None
    Tensor input, Number other, *, Tensor out=None
std var
    Tensor input, ints[1]? dim, bool unbiased=True, bool keepdim=False, *, Tensor out=None
    Tensor input, ints[1]? dim=None, *, Number? correction=None, bool keepdim=False, Tensor out=None
    Tensor input, bool unbiased=True
std_mean var_mean
    Tensor input, ints[1]? dim, bool unbiased=True, bool keepdim=False
    Tensor input, ints[1]? dim=None, *, Number? correction=None, bool keepdim=False
    Tensor input, bool unbiased=True
swapdims transpose
    Tensor input, int dim0, int dim1
diagonal_scatter
    Tensor input, Tensor src, int offset=0, int dim1=0, int dim2=1
select_scatter
    Tensor input, Tensor src, int dim, int index
slice_scatter
    Tensor input, Tensor src, int dim=0, int? start=None, int? end=None, int step=1
bartlett_window blackman_window hann_window
    int window_length, *, factory
    int window_length, bool periodic, *, factory
hamming_window
    int window_length, *, factory
    int window_length, bool periodic, *, factory
    int window_length, bool periodic, float alpha, *, factory
    int window_length, bool periodic, float alpha, float beta, *, factory
kaiser_window
    int window_length, *, factory
    int window_length, bool periodic, *, factory
    int window_length, bool periodic, float beta, *, factory
vander
    Tensor x, int? N=None, bool increasing=False
linalg.vander=linalg_vander
    Tensor x, *, int? N=None
frexp
    Tensor input, *, Tensors[2] out=None
pdist nn.functional.pdist
    Tensor input, float p=2
tril_indices triu_indices
    int row, int col, int offset=0, *, factory
addbmm
    !Number beta, Tensor input, Number alpha, Tensor batch1, Tensor batch2, *, Tensor out=None
    !Number beta, Tensor input, Tensor batch1, Tensor batch2, *, Tensor out=None
    Tensor input, Tensor batch1, Tensor batch2, *, Number beta=1, Number alpha=1, Tensor out=None
addmm
    !Number beta, Tensor input, Number alpha, Tensor mat1, Tensor mat2, *, Tensor out=None
    !Number beta, Tensor input, Tensor mat1, Tensor mat2, *, Tensor out=None
    Tensor input, Tensor mat1, Tensor mat2, *, Number beta=1, Number alpha=1, Tensor out=None
    Tensor input, Tensor mat1, Tensor mat2, dtype out_dtype, *, Number beta=1, Number alpha=1, Tensor out=None
addmv
    !Number beta, Tensor input, Number alpha, Tensor mat, Tensor vec, *, Tensor out=None
    !Number beta, Tensor input, Tensor mat, Tensor vec, *, Tensor out=None
    Tensor input, Tensor mat, Tensor vec, *, Number beta=1, Number alpha=1, Tensor out=None
addr
    !Number beta, Tensor input, Number alpha, Tensor vec1, Tensor vec2, *, Tensor out=None
    !Number beta, Tensor input, Tensor vec1, Tensor vec2, *, Tensor out=None
    Tensor input, Tensor vec1, Tensor vec2, *, Number beta=1, Number alpha=1, Tensor out=None
aminmax
    Tensor input, *, int? dim=None, bool keepdim=False, Tensors[2] out=None
arange
    Number end, *, Tensor out=None, factory
    Number start, Number end, *, factory
    Number start, Number end, Number step=1, *, Tensor out=None, factory
argsort
    Tensor input, *, bool stable, int dim=-1, bool descending=False, Tensor out=None
    Tensor input, int dim=-1, bool descending=False
as_strided
    Tensor input, ints size, ints stride, int? storage_offset=None
as_tensor
    object data, *, dtype dtype=None, Device? device=None, bool requires_grad=False
baddbmm baddbmm_
    !Number beta, Tensor input, Number alpha, Tensor batch1, Tensor batch2, *, Tensor out=None
    !Number beta, Tensor input, Tensor batch1, Tensor batch2, *, Tensor out=None
    Tensor input, Tensor batch1, Tensor batch2, *, Number beta=1, Number alpha=1, Tensor out=None
    Tensor input, Tensor batch1, Tensor batch2, dtype out_dtype, *, Number beta=1, Number alpha=1, Tensor out=None
bernoulli
    Tensor input, *, Generator? generator=None, Tensor out=None
    Tensor input, float p, *, Generator? generator=None
bincount
    Tensor input, Tensor? weights=None, int minlength=0
broadcast_to
    Tensor input, ints size
bucketize
    Tensor input, Tensor boundaries, *, bool out_int32=False, bool right=False, Tensor out=None
    Number self, Tensor boundaries, *, bool out_int32=False, bool right=False
can_cast
    dtype from_, dtype to
chunk
    Tensor input, int chunks, int dim=0
clamp_
    Tensor input, Tensor? min=None, Tensor? max=None
    Tensor input, Number? min=None, Number? max=None
clamp_max
    Tensor input, Tensor max, *, Tensor out=None
    Tensor input, Number max, *, Tensor out=None
clamp_max_
    Tensor input, Tensor max
    Tensor input, Number max
clamp_min
    Tensor input, Tensor min, *, Tensor out=None
    Tensor input, Number min, *, Tensor out=None
clamp_min_
    Tensor input, Tensor min
    Tensor input, Number min
clone
    Tensor input, *, MemoryFormat? memory_format=None
combinations
    Tensor input, int r=2, bool with_replacement=False
device
    Device device
    str type, int index=-1
finfo
    dtype type
    none
iinfo
    dtype type
count_nonzero
    Tensor input, int? dim=None
    Tensor input, ints dim
ctc_loss
    Tensor log_probs, Tensor targets, ints input_lengths, ints target_lengths, int blank=0, int reduction=at::Reduction::Mean, bool zero_infinity=False
    Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, int reduction=at::Reduction::Mean, bool zero_infinity=False
cov
    Tensor input, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None
cholesky_inverse
    Tensor input, bool upper=False, *, Tensor out=None
cholesky_solve
    Tensor input, Tensor input2, bool upper=False, *, Tensor out=None
cross
    Tensor input, Tensor other, int? dim=None, *, Tensor out=None
diag_embed
    Tensor input, int offset=0, int dim1=-2, int dim2=-1
diagflat
    Tensor input, int offset=0
diagonal
    Tensor input, int offset=0, int dim1=0, int dim2=1
diff
    Tensor input, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None, *, Tensor out=None
dist
    Tensor input, Tensor other, Number p=2
div
    Tensor input, Tensor other, *, Tensor out=None
    Tensor input, Tensor other, *, str? rounding_mode, Tensor out=None
    Tensor input, Number other, *, str? rounding_mode
divide
    Tensor input, Tensor other, *, Tensor out=None
    Tensor input, Tensor other, *, str? rounding_mode, Tensor out=None
    Tensor input, Number other
    Tensor input, Number other, *, str? rounding_mode
dot
    Tensor input, Tensor tensor, *, Tensor out=None
empty
    ints size, *, MemoryFormat? memory_format=None, Tensor out=None, factory
equal
    Tensor input, Tensor other
eye
    int n, *, Tensor out=None, factory
    int n, int m, *, Tensor out=None, factory
flatten
    Tensor input, int start_dim=0, int end_dim=-1
full
    ints size, Number fill_value, *, Tensor out=None, factory
full_like
    Tensor input, Number fill_value, *, MemoryFormat? memory_format=None, factory
gather
    Tensor input, int dim, Tensor index, *, bool sparse_grad=False, Tensor out=None
group_norm
    Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True
heaviside
    Tensor input, Tensor values, *, Tensor out=None
histc
    Tensor input, int bins=100, Number min=0, Number max=0, *, Tensor out=None
index_add
    Tensor input, int dim, Tensor index, Tensor source, *, Number alpha=1, Tensor out=None
index_copy
    Tensor input, int dim, Tensor index, Tensor source, *, Tensor out=None
index_fill
    Tensor input, int dim, Tensor index, Tensor value
    Tensor input, int dim, Tensor index, Number value
index_put
    Tensor input, indices indices, Tensor values, bool accumulate=False
index_select
    Tensor input, int dim, Tensor index, *, Tensor out=None
isin
    Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False, Tensor out=None
    Number element, Tensor test_elements, *, bool assume_unique=False, bool invert=False, Tensor out=None
    Tensor elements, Number test_element, *, bool assume_unique=False, bool invert=False, Tensor out=None
kthvalue
    Tensor input, int k, int dim=-1, bool keepdim=False, *, Tensors[2] out=None
layer_norm
    Tensor input, ints normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True
lerp
    Tensor input, Tensor end, Tensor weight, *, Tensor out=None
    Tensor input, Tensor end, Number weight, *, Tensor out=None
linalg.cholesky=linalg_cholesky
    Tensor input, *, bool upper=False, Tensor out=None
linalg.cross=linalg_cross
    Tensor input, Tensor other, *, int dim=-1, Tensor out=None
linalg.diagonal=linalg_diagonal
    Tensor A, *, int offset=0, int dim1=-2, int dim2=-1
linalg.eigh=linalg_eigh
    Tensor input, str UPLO="L", *, Tensors[2] out=None
linalg.eigvalsh=linalg_eigvalsh
    Tensor input, str UPLO="L", *, Tensor out=None
linalg.cond=linalg_cond
    Tensor input, Number? p=None, *, Tensor out=None
    Tensor input, str p, *, Tensor out=None
linalg.lu=linalg_lu
    Tensor A, *, bool pivot=True, Tensors[3] out=None
linalg.lu_factor=linalg_lu_factor
    Tensor A, *, bool pivot=True, Tensors[2] out=None
linalg.lu_solve=linalg_lu_solve
    Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False, Tensor out=None
linalg.matrix_exp=linalg_matrix_exp matrix_exp
    Tensor input
linalg.matrix_norm=linalg_matrix_norm
    Tensor input, Number ord, ints dim={-2,-1}, bool keepdim=False, *, dtype? dtype=None, Tensor out=None
    Tensor input, str ord="fro", ints dim={-2,-1}, bool keepdim=False, *, dtype? dtype=None, Tensor out=None
linalg.matrix_rank=linalg_matrix_rank
    Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False, Tensor out=None
    Tensor input, *, float? atol=None, float? rtol=None, bool hermitian=False, Tensor out=None
    Tensor input, Tensor tol, bool hermitian=False, *, Tensor out=None
    Tensor input, float tol, bool hermitian=False, *, Tensor out=None
linalg.norm=linalg_norm
    Tensor input, Number? ord=None, ints[1]? dim=None, bool keepdim=False, *, dtype? dtype=None, Tensor out=None
    Tensor input, str ord, ints[1]? dim=None, bool keepdim=False, *, dtype? dtype=None, Tensor out=None
linalg.pinv=linalg_pinv
    Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False, Tensor out=None
    Tensor input, *, float? atol=None, float? rtol=None, bool hermitian=False, Tensor out=None
    Tensor input, Tensor rcond, bool hermitian=False, *, Tensor out=None
    Tensor input, float rcond, bool hermitian=False, *, Tensor out=None
linalg.qr=linalg_qr
    Tensor A, str mode="reduced", *, Tensors[2] out=None
linalg.slogdet=linalg_slogdet
    Tensor A, *, Tensors[2] out=None
linalg.lstsq=linalg_lstsq
    Tensor input, Tensor b, float? rcond=None, *, str? driver=None
linalg.solve=linalg_solve
    Tensor A, Tensor B, *, bool left=True, Tensor out=None
linalg.solve_triangular=linalg_solve_triangular
    Tensor input, Tensor B, *, bool upper, bool left=True, bool unitriangular=False, Tensor out=None
linalg.svd=linalg_svd
    Tensor A, bool full_matrices=True, *, str? driver=None, Tensors[3] out=None
linalg.svdvals=linalg_svdvals
    Tensor A, *, str? driver=None, Tensor out=None
linalg.vecdot=linalg_vecdot
    Tensor x, Tensor y, *, int dim=-1, Tensor out=None
linalg.vector_norm=linalg_vector_norm
    Tensor input, Number ord=2, ints[1]? dim=None, bool keepdim=False, *, dtype? dtype=None, Tensor out=None
linspace
    Tensor start, Tensor end, int steps, *, Tensor out=None, factory
    Number start, Tensor end, int steps, *, Tensor out=None, factory
    Tensor start, Number end, int steps, *, Tensor out=None, factory
    Number start, Number end, int steps, *, Tensor out=None, factory
logcumsumexp
    Tensor input, int dim, *, Tensor out=None
logit_
    Tensor input, float? eps=None
logspace
    Tensor start, Tensor end, int steps, float base=10.0, *, Tensor out=None, factory
    Number start, Tensor end, int steps, float base=10.0, *, Tensor out=None, factory
    Tensor start, Number end, int steps, float base=10.0, *, Tensor out=None, factory
    Number start, Number end, int steps, float base=10.0, *, Tensor out=None, factory
masked_fill
    Tensor input, Tensor mask, Tensor value
    Tensor input, Tensor mask, Number value
masked_scatter
    Tensor input, Tensor mask, Tensor source
masked_select
    Tensor input, Tensor mask, *, Tensor out=None
max_pool1d
    Tensor input, ints[1] kernel_size, ints[1] stride=None, ints[1] padding=0, ints[1] dilation=1, bool ceil_mode=False
max_pool2d
    Tensor input, ints[2] kernel_size, ints[2] stride=None, ints[2] padding=0, ints[2] dilation=1, bool ceil_mode=False
mean
    Tensor input, *, dtype? dtype=None, Tensor out=None
    Tensor input, ints[1]? dim, bool keepdim=False, *, dtype? dtype=None, Tensor out=None
mode
    Tensor input, int dim=-1, bool keepdim=False, *, Tensors[2] out=None
multinomial
    Tensor input, int num_samples, bool replacement=False, *, Generator? generator=None, Tensor out=None
mv
    Tensor input, Tensor vec, *, Tensor out=None
nan_to_num
    Tensor input, float? nan=None, float? posinf=None, float? neginf=None, *, Tensor out=None
nan_to_num_
    Tensor input, float? nan=None, float? posinf=None, float? neginf=None
narrow
    Tensor input, int dim, Tensor start, int length
    Tensor input, int dim, int start, int length
nn.functional.avg_pool2d
    Tensor input, ints[2] kernel_size, ints[2] stride=None, ints[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None, *, Tensor out=None
nn.functional.elu_
    Tensor input, Number alpha=1, Number scale=1, Number input_scale=1
nn.functional.gelu
    Tensor input, *, str approximate="none", Tensor out=None
nn.functional.hardtanh_
    Tensor input, Number min_val=-1, Number max_val=1
nn.functional.leaky_relu_
    Tensor input, Number negative_slope=0.01
nn.functional.linear
    Tensor input, Tensor weight, Tensor? bias=None, *, Tensor out=None
nn.functional.one_hot
    Tensor input, int num_classes=-1
nn.functional.scaled_dot_product_attention
    Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False
nn.functional.softplus
    Tensor input, Number beta=1, Number threshold=20, *, Tensor out=None
normal
    Tensor mean, Tensor std, *, Generator? generator=None, Tensor out=None
    Tensor mean, float std=1, *, Generator? generator=None, Tensor out=None
    float mean, Tensor std, *, Generator? generator=None, Tensor out=None
    float mean, float std, ints size, *, Generator? generator=None, Tensor out=None, factory
outer
    Tensor input, Tensor vec2, *, Tensor out=None
pinverse
    Tensor input, float rcond=1e-15
poisson
    Tensor input, Generator? generator=None
poisson_nll_loss
    Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction
prod
    Tensor input, *, dtype? dtype=None
    Tensor input, int dim, bool keepdim=False, *, dtype? dtype=None, Tensor out=None
promote_types
    dtype type1, dtype type2
qr
    Tensor input, bool some=True, *, Tensors[2] out=None
randint
    int high, ints size, *, Generator? generator, Tensor out=None, factory
    int high, ints size, *, Tensor out=None, factory
    int low, int high, ints size, *, Generator? generator, Tensor out=None, factory
    int low, int high, ints size, *, Tensor out=None, factory
randint_like
    Tensor input, int low, int high, *, Generator? generator, MemoryFormat? memory_format=None, factory
    Tensor input, int low, int high, *, MemoryFormat? memory_format=None, factory
    Tensor input, Tensor high, *, Generator? generator, MemoryFormat? memory_format=None, factory
    Tensor input, Tensor high, *, MemoryFormat? memory_format=None, factory
    Tensor input, int high, *, Generator? generator, MemoryFormat? memory_format=None, factory
    Tensor input, int high, *, MemoryFormat? memory_format=None, factory
randperm
    int n, *, Generator? generator, Tensor out=None, factory
    int n, *, Tensor out=None, factory
renorm
    Tensor input, Number p, int dim, Number maxnorm, *, Tensor out=None
repeat_interleave
    Tensor input, Tensor repeats, int? dim=None, *, int? output_size=None
    Tensor repeats, *, int? output_size=None
    Tensor input, int repeats, int? dim=None, *, int? output_size=None
reshape
    Tensor input, ints shape
result_type
    Tensor tensor, Tensor other
    Number scalar, Tensor tensor
    Tensor tensor, Number other
    Number scalar1, Number scalar2
roll
    Tensor input, ints[1] shifts, ints[1] dims=None
rot90
    Tensor input, int k=1, ints dims={0,1}
round
    Tensor input, *, Tensor out=None
    Tensor input, *, int decimals, Tensor out=None
rsub
    Tensor input, Tensor other, *, Number alpha=1
    Tensor input, Number other, Number alpha=1
scalar_tensor
    Number s, *, factory
scatter
    Tensor input, int dim, Tensor index, Tensor src, *, Tensor out=None
    Tensor input, int dim, Tensor index, Tensor src, *, str reduce, Tensor out=None
    Tensor input, int dim, Tensor index, Number value, *, Tensor out=None
    Tensor input, int dim, Tensor index, Number value, *, str reduce, Tensor out=None
scatter_add
    Tensor input, int dim, Tensor index, Tensor src, *, Tensor out=None
scatter_reduce
    Tensor input, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True, Tensor out=None
nn.functional.bilinear
    Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None
index_reduce
    Tensor input, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True, Tensor out=None
put
    Tensor input, Tensor index, Tensor source, bool accumulate=False
searchsorted
    Tensor sorted_sequence, Tensor input, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None, Tensor out=None
    Tensor sorted_sequence, Number self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None, Tensor out=None
select
    Tensor input, int dim, int index
slogdet
    Tensor input, *, Tensors[2] out=None
sort
    Tensor input, *, bool? stable, int dim=-1, bool descending=False, Tensors[2] out=None
    Tensor input, int dim=-1, bool descending=False, *, Tensors[2] out=None
special.round=special_round
    Tensor input, *, int decimals=0, Tensor out=None
squeeze
    Tensor input
    Tensor input, int dim
    Tensor input, ints dim
subtract
    Tensor input, Tensor other, *, Number alpha=1, Tensor out=None
    Tensor input, Number other, Number alpha=1
sum
    Tensor input, *, dtype? dtype=None
    Tensor input, ints[1]? dim, bool keepdim=False, *, dtype? dtype=None, Tensor out=None
svd
    Tensor input, bool some=True, bool compute_uv=True, *, Tensors[3] out=None
swapaxes
    Tensor input, int axis0, int axis1
take
    Tensor input, Tensor index, *, Tensor out=None
take_along_dim
    Tensor input, Tensor indices, int? dim=None, *, Tensor out=None
tensor
    object data, *, dtype dtype=None, Device? device=None, bool pin_memory=False, bool requires_grad=False, names? names=None
tensor_split
    Tensor input, ints indices, int dim=0
    Tensor input, Tensor tensor_indices_or_sections, int dim=0
    Tensor input, int sections, int dim=0
threshold
    Tensor input, Number threshold, Number value, *, Tensor out=None
topk
    Tensor input, int k, int dim=-1, bool largest=True, bool sorted=True, *, Tensors[2] out=None
trapz
    Tensor y, *, float dx=1, int dim=-1
    Tensor y, Tensor x, *, int dim=-1
unbind
    Tensor input, int dim=0
unflatten
    Tensor input, int dim, ints sizes
unsqueeze
    Tensor input, int dim
where
    Tensor condition
    Tensor condition, Tensor input, Tensor other, *, Tensor out=None
    Tensor condition, Number self, Tensor other
    Tensor condition, Tensor input, Number other
    Tensor condition, Number self, Number other
rrelu rrelu_
    Tensor input, Number lower=0.125, Number upper=0.3333333333333333, bool training=False, Generator? generator=None
adaptive_max_pool1d
    Tensor input, ints[1] output_size
"""

# A method takes what the function takes, less the tensor itself and `out`; these take something else.
METHODS = """
addmm addmm_
    !Number beta, Number alpha, Tensor mat1, Tensor mat2
    !Number beta, Tensor mat1, Tensor mat2
    Tensor mat1, Tensor mat2, *, Number beta=1, Number alpha=1
baddbmm baddbmm_
    !Number beta, Number alpha, Tensor batch1, Tensor batch2
    !Number beta, Tensor batch1, Tensor batch2
    Tensor batch1, Tensor batch2, *, Number beta=1, Number alpha=1
bernoulli_
    Tensor p, *, Generator? generator=None
    float p=0.5, *, Generator? generator=None
bmm mm
    Tensor mat2
bool byte char cpu double float half int long short
    *, MemoryFormat? memory_format=None
cauchy_
    float median=0, float sigma=1, *, Generator? generator=None
numpy
    *, bool force=False
contiguous
    *, MemoryFormat memory_format=torch.contiguous_format
copy_
    Tensor other, bool non_blocking=False
    !Tensor other, bool async=False
size stride
    int? dim=None
type
    object dtype=None, bool non_blocking=False, *, MemoryFormat? memory_format=None
_is_view detach detach_ dim element_size is_inference is_signed item ndimension nelement numel retain_grad tolist zero_
    none
new_tensor
    object data, *, dtype? dtype=None, Device? device=None, bool? requires_grad=False
nonzero
    none
    *, bool as_tuple
to
    Device? device=None, dtype? dtype=None, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None
    dtype dtype, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None
    Tensor tensor, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None
expand
    ints size, *, bool implicit=False
sum_to_size
    ints size
expand_as is_same_size reshape_as type_as view_as
    Tensor other
exponential_
    float lambd=1, *, Generator? generator=None
fill_
    Tensor value
    Number value
fill_diagonal_
    Number fill_value, bool wrap=False
geometric_
    float p, *, Generator? generator=None
log_normal_
    float mean=1, float std=2, *, Generator? generator=None
new_empty new_ones new_zeros
    ints size, *, factory
new_full
    ints size, Number fill_value, *, factory
normal_
    float mean=0, float std=1, *, Generator? generator=None
random_
    *, Generator? generator=None
    int from, int? to, *, Generator? generator=None
    int to, *, Generator? generator=None
repeat
    ints repeats
requires_grad_
    bool requires_grad=True
unfold
    int dimension, int size, int step
uniform_
    float from=0, float to=1, *, Generator? generator=None
view
    dtype dtype
    ints size
"""

# Of these Python itself reads the arguments; what follows a name with `=` may be left out.
PYTHON = """
nn.functional.relu
    input, inplace=
nn.functional.selu
    input, inplace=
nn.functional.relu6
    input, inplace=
nn.functional.hardtanh
    input, min_val=, max_val=, inplace=
nn.functional.softsign
    input
nn.functional.tanhshrink
    input
nn.functional.adaptive_avg_pool2d nn.functional.adaptive_avg_pool3d
    input, output_size
nn.functional.adaptive_max_pool3d=_adaptive_max_pool3d
    input, output_size, return_indices=
nn.functional.local_response_norm
    input, size, alpha=, beta=, k=
nn.functional.lp_pool1d nn.functional.lp_pool2d nn.functional.lp_pool3d
    input, norm_type, kernel_size, stride=, ceil_mode=
nn.functional.max_pool3d=_max_pool3d
    input, kernel_size, stride=, padding=, dilation=, ceil_mode=, return_indices=
nn.functional.max_unpool1d nn.functional.max_unpool2d nn.functional.max_unpool3d
    input, indices, kernel_size, stride=, padding=, output_size=
nn.functional.dropout
    input, p=, training=, inplace=
nn.functional.dropout1d
    input, p=, training=, inplace=
nn.functional.dropout2d
    input, p=, training=, inplace=
nn.functional.dropout3d
    input, p=, training=, inplace=
nn.functional.alpha_dropout
    input, p=, training=, inplace=
nn.functional.feature_alpha_dropout
    input, p=, training=, inplace=
nn.functional.gumbel_softmax
    logits, tau=, hard=, eps=, dim=
nn.functional.instance_norm
    input, running_mean=, running_var=, weight=, bias=, use_input_stats=, momentum=, eps=
nn.functional.batch_norm
    input, running_mean, running_var, weight=, bias=, training=, momentum=, eps=
cdist
    x1, x2, p=, compute_mode=
tensordot
    a, b, dims=
unique
    input, sorted=, return_inverse=, return_counts=, dim=
unique_consecutive
    input, return_inverse=, return_counts=, dim=
Tensor.split=Tensor.split
    self, split_size, dim=
Tensor.unflatten=Tensor.unflatten
    self, dim, sizes
Tensor.unique=Tensor.unique
    self, sorted=, return_inverse=, return_counts=, dim=
Tensor.unique_consecutive=Tensor.unique_consecutive
    self, return_inverse=, return_counts=, dim=
nn.functional.celu
    input, alpha=, inplace=
nn.functional.elu
    input, alpha=, inplace=
nn.functional.fold
    input, output_size, kernel_size, dilation=, padding=, stride=
nn.functional.glu
    input, dim=
nn.functional.group_norm
    input, num_groups, weight=, bias=, eps=
nn.functional.hardsigmoid
    input, inplace=
nn.functional.hardswish
    input, inplace=
nn.functional.layer_norm
    input, normalized_shape, weight=, bias=, eps=
nn.functional.leaky_relu
    input, negative_slope=, inplace=
nn.functional.pad
    input, pad, mode=, value=
nn.functional.rms_norm
    input, normalized_shape, weight=, eps=
nn.functional.unfold
    input, kernel_size, dilation=, padding=, stride=
nn.functional.binary_cross_entropy
    input, target, weight=, size_average=, reduce=, reduction=
nn.functional.binary_cross_entropy_with_logits
    input, target, weight=, size_average=, reduce=, reduction=, pos_weight=
nn.functional.cosine_embedding_loss
    input1, input2, target, margin=, size_average=, reduce=, reduction=
nn.functional.cross_entropy
    input, target, weight=, size_average=, ignore_index=, reduce=, reduction=, label_smoothing=
nn.functional.affine_grid
    theta, size, align_corners=
nn.functional.embedding_bag
    input, weight, offsets=, max_norm=, norm_type=, scale_grad_by_freq=, mode=, sparse=, per_sample_weights=, include_last_offset=, padding_idx=
nn.functional.grid_sample
    input, grid, mode=, padding_mode=, align_corners=
nn.functional.embedding
    input, weight, padding_idx=, max_norm=, norm_type=, scale_grad_by_freq=, sparse=
nn.functional.gaussian_nll_loss
    input, target, var, full=, eps=, reduction=
nn.functional.hinge_embedding_loss
    input, target, margin=, size_average=, reduce=, reduction=
nn.functional.huber_loss
    input, target, reduction=, delta=, weight=
nn.functional.kl_div
    input, target, size_average=, reduce=, reduction=, log_target=
nn.functional.l1_loss
    input, target, size_average=, reduce=, reduction=, weight=
nn.functional.ctc_loss
    log_probs, targets, input_lengths, target_lengths, blank=, reduction=, zero_infinity=
nn.functional.log_softmax
    input, dim=, _stacklevel=, dtype=
nn.functional.margin_ranking_loss
    input1, input2, target, margin=, size_average=, reduce=, reduction=
nn.functional.adaptive_max_pool1d=_adaptive_max_pool1d
    input, output_size, return_indices=
nn.functional.adaptive_max_pool2d=_adaptive_max_pool2d
    input, output_size, return_indices=
nn.functional.rrelu
    input, lower=, upper=, training=, inplace=
nn.functional.max_pool1d=_max_pool1d
    input, kernel_size, stride=, padding=, dilation=, ceil_mode=, return_indices=
nn.functional.max_pool2d=_max_pool2d
    input, kernel_size, stride=, padding=, dilation=, ceil_mode=, return_indices=
nn.functional.mish
    input, inplace=
nn.functional.mse_loss
    input, target, size_average=, reduce=, reduction=, weight=
nn.functional.multi_margin_loss
    input, target, p=, margin=, weight=, size_average=, reduce=, reduction=
nn.functional.multilabel_margin_loss
    input, target, size_average=, reduce=, reduction=
nn.functional.multilabel_soft_margin_loss
    input, target, weight=, size_average=, reduce=, reduction=
nn.functional.nll_loss
    input, target, weight=, size_average=, ignore_index=, reduce=, reduction=
nn.functional.normalize
    input, p=, dim=, eps=, out=
nn.functional.poisson_nll_loss
    input, target, log_input=, full=, size_average=, eps=, reduce=, reduction=
nn.functional.sigmoid
    input
nn.functional.silu
    input, inplace=
nn.functional.smooth_l1_loss
    input, target, size_average=, reduce=, reduction=, beta=
nn.functional.soft_margin_loss
    input, target, size_average=, reduce=, reduction=
nn.functional.softmax
    input, dim=, _stacklevel=, dtype=
nn.functional.softmin
    input, dim=, _stacklevel=, dtype=
nn.functional.tanh
    input
nn.functional.threshold=_threshold
    input, threshold, value, inplace=
nn.functional.triplet_margin_loss
    anchor, positive, negative, margin=, p=, eps=, swap=, size_average=, reduce=, reduction=
"""

# What functions of `torch.nn.functional` in Python hand on: to which function, and its signature there. Where the name ends in `_` it is so only with
# `inplace`; `.size` and `.dim` are read of each tensor in turn; of a `pair` one number stands for both.
HANDED = """
nn.functional.softmax .softmax
    Tensor input
nn.functional.log_softmax .log_softmax
    Tensor input
nn.functional.glu .dim
    Tensor input
nn.functional.group_norm .dim
    Tensor input
nn.functional.lp_pool1d .pow
    Tensor input
nn.functional.lp_pool2d .pow
    Tensor input
nn.functional.lp_pool3d .pow
    Tensor input
nn.functional.relu relu_
    Tensor input
nn.functional.selu selu_
    Tensor input
nn.functional.relu6 relu6_
    Tensor input
nn.functional.mish mish_
    Tensor input
nn.functional.silu silu_
    Tensor input
nn.functional.hardtanh hardtanh_
    Tensor input, Number min_val, Number max_val
nn.functional.softsign .abs
    Tensor input
nn.functional.tanhshrink .tanh
    Tensor input
nn.functional.sigmoid .sigmoid
    Tensor input
nn.functional.tanh .tanh
    Tensor input
nn.functional.adaptive_avg_pool2d .size
    Tensor input
nn.functional.adaptive_max_pool2d .size
    Tensor input
nn.functional.adaptive_avg_pool3d .size
    Tensor input
nn.functional.adaptive_max_pool3d .size
    Tensor input
nn.functional.local_response_norm .dim
    Tensor input
nn.functional.max_pool3d max_pool3d
    Tensor input, ints[3] kernel_size, ints[3]? stride, ints[3] padding, ints[3] dilation, bool ceil_mode
nn.functional.dropout dropout_
    Tensor input, float p, bool train
nn.functional.dropout1d .dim
    Tensor input
nn.functional.dropout1d feature_dropout_
    Tensor input, float p, bool train
nn.functional.dropout2d .dim
    Tensor input
nn.functional.dropout2d feature_dropout_
    Tensor input, float p, bool train
nn.functional.dropout3d .dim
    Tensor input
nn.functional.dropout3d feature_dropout_
    Tensor input, float p, bool train
nn.functional.alpha_dropout alpha_dropout_
    Tensor input, float p, bool train
nn.functional.feature_alpha_dropout feature_alpha_dropout_
    Tensor input, float p, bool train
nn.functional.gumbel_softmax empty_like
    Tensor logits
nn.functional.instance_norm .size
    Tensor input
nn.functional.instance_norm instance_norm
    Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps
nn.functional.rrelu rrelu_
    Tensor input, Number lower, Number upper, bool training
nn.functional.poisson_nll_loss poisson_nll_loss
    Tensor input, Tensor target, bool log_input, bool full, float eps
nn.functional.multi_margin_loss multi_margin_loss
    Tensor input, Tensor target, Number p, Number margin, Tensor? weight
nn.functional.multilabel_margin_loss multilabel_margin_loss
    Tensor input, Tensor target
nn.functional.multilabel_soft_margin_loss log_sigmoid
    Tensor input
nn.functional.normalize .norm
    Tensor input
cdist cdist
    Tensor x1, Tensor x2, float p
tensordot .dim
    Tensor a, Tensor b
unique _unique2
    Tensor input, *, bool sorted, bool return_inverse, bool return_counts
unique_consecutive unique_consecutive
    Tensor input, *, bool return_inverse, bool return_counts
Tensor.unflatten unflatten
    int dim, ints sizes
Tensor.unique _unique2
    *, bool sorted, bool return_inverse, bool return_counts
Tensor.unique_consecutive unique_consecutive
    *, bool return_inverse, bool return_counts
nn.functional.adaptive_max_pool1d adaptive_max_pool1d
    Tensor input, ints[1] output_size
nn.functional.threshold threshold_
    Tensor input, Number threshold, Number value
nn.functional.batch_norm batch_norm
    Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps
nn.functional.binary_cross_entropy .size
    Tensor target, Tensor input
nn.functional.binary_cross_entropy_with_logits .size
    Tensor target, Tensor input
nn.functional.celu celu_
    Tensor input, Number alpha
nn.functional.cosine_embedding_loss cosine_embedding_loss
    Tensor input1, Tensor input2, Tensor target, float margin
nn.functional.cross_entropy cross_entropy_loss
    Tensor input, Tensor target, Tensor? weight, int enum, int ignore_index, float label_smoothing
nn.functional.elu elu_
    Tensor input, Number alpha
nn.functional.embedding embedding
    Tensor weight, Tensor indices, int? padding_idx, bool scale_grad_by_freq, bool sparse
nn.functional.fold col2im
    Tensor input, pair output_size, pair kernel_size, pair dilation, pair padding, pair stride
nn.functional.glu glu
    Tensor input, int dim
nn.functional.group_norm group_norm
    Tensor input, int num_groups, Tensor? weight, Tensor? bias, float eps
nn.functional.hardsigmoid hardsigmoid_
    Tensor input
nn.functional.hardswish hardswish_
    Tensor input
nn.functional.hinge_embedding_loss hinge_embedding_loss
    Tensor input, Tensor target, float margin
nn.functional.huber_loss .size
    Tensor target, Tensor input
nn.functional.huber_loss huber_loss
    Tensor input, Tensor target, int enum, float delta
nn.functional.kl_div kl_div
    Tensor input, Tensor target, *, bool log_target
nn.functional.l1_loss .size
    Tensor target, Tensor input
nn.functional.layer_norm layer_norm
    Tensor input, ints normalized_shape, Tensor? weight, Tensor? bias, float eps
nn.functional.leaky_relu leaky_relu_
    Tensor input, Number negative_slope
nn.functional.log_softmax log_softmax
    int? dim
nn.functional.margin_ranking_loss .dim
    Tensor input1, Tensor input2, Tensor target
nn.functional.margin_ranking_loss margin_ranking_loss
    Tensor input1, Tensor input2, Tensor target, float margin
nn.functional.max_pool1d max_pool1d
    Tensor input, ints[1] kernel_size, ints[1]? stride, ints[1] padding, ints[1] dilation, bool ceil_mode
nn.functional.max_pool2d max_pool2d
    Tensor input, ints[2] kernel_size, ints[2]? stride, ints[2] padding, ints[2] dilation, bool ceil_mode
nn.functional.mse_loss .size
    Tensor target, Tensor input
nn.functional.nll_loss nll_loss_nd
    Tensor input, Tensor target, Tensor? weight, int enum, int ignore_index
nn.functional.pad pad
    Tensor input, ints pad, str mode, float? value
nn.functional.rms_norm rms_norm
    Tensor input, ints normalized_shape, Tensor? weight, float? eps
nn.functional.smooth_l1_loss .size
    Tensor target, Tensor input
nn.functional.smooth_l1_loss smooth_l1_loss
    Tensor input, Tensor target, int enum, float beta
nn.functional.soft_margin_loss soft_margin_loss
    Tensor input, Tensor target
nn.functional.softmax softmax
    int? dim
nn.functional.softmin softmax
    int? dim
nn.functional.triplet_margin_loss triplet_margin_loss
    Tensor anchor, Tensor positive, Tensor negative, float margin, float p, float eps, bool swap
nn.functional.unfold im2col
    Tensor input, pair kernel_size, pair dilation, pair padding, pair stride
"""

# These would take what PyTorch refuses, as functions, as methods or both; their arguments are read before the call.
STRICT = """
nn.functional.celu nn.functional.kl_div nn.functional.leaky_relu broadcast_to
aminmax arange chunk diag type dsplit flatten full_like hsplit nanquantile pinverse quantile squeeze squeeze_ unique unique_consecutive vsplit where
Tensor.unique Tensor.unique_consecutive nn.functional.adaptive_max_pool1d nn.functional.elu nn.functional.threshold
alpha_dropout as_tensor combinations diff feature_alpha_dropout feature_dropout nan_to_num nan_to_num_ new_full polygamma to
addcdiv addcdiv_ addcmul addcmul_ all allclose amax amin any arctan2_ argmax argmin argsort atan2_ avg_pool1d celu clamp_max clamp_min clone
column_stack copy_ copysign cumulative_trapezoid dist empty eye fill_ fill_diagonal_ flip hardshrink heaviside_ hypot_ is_complex isclose isin isnan
isreal kthvalue ldexp_ lerp lerp_ linalg.matrix_power linalg.matrix_rank linalg.pinv linalg.solve_triangular linalg.multi_dot linalg.norm linalg.svd linalg.vecdot linalg.vector_norm linspace logical_and_
logical_or_ logical_xor_ logspace logsumexp matrix_power max mean median min mode multinomial nanmean nanmedian nansum new_empty new_ones new_zeros
nn.functional.avg_pool1d nn.functional.hardshrink nn.functional.pairwise_distance nn.functional.softplus nn.functional.softshrink
nn.functional.threshold_ normal ones pairwise_distance adaptive_max_pool1d rrelu rrelu_ pow_ prod qr rand randn random_ reciprocal renorm repeat_interleave requires_grad_
result_type roll rot90 rsub selu signbit sort special.logsumexp special.xlogy std std_mean sum svd threshold threshold_ tile topk trapezoid trapz
tril tril_ tril_indices triu triu_ triu_indices var var_mean xlogy zeros
"""
